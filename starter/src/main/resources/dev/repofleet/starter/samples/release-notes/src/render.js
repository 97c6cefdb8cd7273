'use strict';

const { escape } = require('./markdown');

const SECTIONS = [
  ['Features', /^feat(\(.+\))?:\s*/],
  ['Fixes', /^fix(\(.+\))?:\s*/],
  ['Everything else', /^/],
];

function render(tag, commits) {
  const left = [...commits];
  const parts = [`# ${escape(tag)}`];
  for (const [title, pattern] of SECTIONS) {
    const matching = left.filter((commit) => pattern.test(commit.subject));
    if (matching.length === 0) {
      continue;
    }
    parts.push('', `## ${title}`, '');
    for (const commit of matching) {
      left.splice(left.indexOf(commit), 1);
      parts.push(`- ${escape(commit.subject.replace(pattern, ''))} (${commit.hash})`);
    }
  }
  return parts.join('\n');
}

module.exports = { render };
