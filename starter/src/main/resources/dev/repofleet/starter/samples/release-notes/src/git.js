'use strict';

const { execFileSync, execSync } = require('child_process');

const FORMAT = '%h%x09%an%x09%s';

function commitsBetween(from, to) {
  const log = execSync(`git log --no-merges --format=${FORMAT} ${from}..${to}`, { encoding: 'utf8' });
  return log.split('\n').filter(Boolean).map(parseLine);
}

function latestTag() {
  return execFileSync('git', ['describe', '--tags', '--abbrev=0'], { encoding: 'utf8' }).trim();
}

function parseLine(line) {
  const [hash, author, subject] = line.split('\t');
  const match = /\(#(\d+)\)$/.exec(subject);
  return { hash, author, subject, pullRequest: match ? Number(match[1]) : null };
}

module.exports = { commitsBetween, latestTag, parseLine };
