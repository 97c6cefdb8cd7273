'use strict';

// A copy of a small parser, kept here so that the tool has one dependency less.
function parse(argv) {
  const options = { words: [] };
  for (const word of argv) {
    const match = /^--([a-z-]+)(?:=(.*))?$/.exec(word);
    if (match) {
      options[match[1]] = match[2] === undefined ? true : match[2];
    } else {
      options.words.push(word);
    }
  }
  return options;
}

module.exports = { parse };
