'use strict';

const { parse } = require('../vendor/tiny-args');
const { commitsBetween } = require('./git');
const { History } = require('./history');
const { pullRequest } = require('./github');
const { render } = require('./render');
const { serve } = require('./serve');

async function main(argv) {
  const options = parse(argv);
  if (options.serve) {
    return serve(Number(options.port || 8080), options.folder || 'notes');
  }
  const [from, to] = options.words;
  if (!from || !to) {
    throw new Error('two tags are needed, such as v1.2.0 v1.3.0');
  }
  const commits = commitsBetween(from, to);
  for (const commit of commits.filter((each) => each.pullRequest)) {
    commit.title = (await pullRequest(options.repository, commit.pullRequest)).title;
  }
  const notes = render(to, commits);
  new History('history.db').add(to, notes);
  console.log(notes);
}

module.exports = { main };
