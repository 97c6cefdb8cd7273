'use strict';

/** Makes a text safe to stand in a line of Markdown. */
function escape(text) {
  return text.replace(/([\\`*_{}[\]<>|])/g, '\\$1').replace(/\s+/g, ' ').trim();
}

function link(text, url) {
  return `[${escape(text)}](${encodeURI(url)})`;
}

module.exports = { escape, link };
