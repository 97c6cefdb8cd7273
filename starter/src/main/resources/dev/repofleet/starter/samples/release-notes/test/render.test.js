'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { parseLine } = require('../src/git');
const { render } = require('../src/render');

test('groups commits by their kind', () => {
  const commits = ['a1\tAda\tfeat: tables (#7)', 'b2\tBob\tfix: empty line'].map(parseLine);
  const notes = render('v1.0.0', commits);
  assert.match(notes, /## Features\n\n- tables/);
  assert.match(notes, /## Fixes\n\n- empty line/);
  assert.strictEqual(commits[0].pullRequest, 7);
});
