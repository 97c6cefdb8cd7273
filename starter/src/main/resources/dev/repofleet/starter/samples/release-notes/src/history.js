'use strict';

const Database = require('better-sqlite3');

class History {
  constructor(file) {
    this.db = new Database(file);
    this.db.exec('create table if not exists notes (tag text primary key, text text, at text)');
  }

  add(tag, text) {
    this.db
      .prepare('insert or replace into notes (tag, text, at) values (?, ?, ?)')
      .run(tag, text, new Date().toISOString());
  }

  search(word) {
    return this.db.prepare(`select tag, at from notes where text like '%${word}%'`).all();
  }

  byTag(tag) {
    return this.db.prepare('select * from notes where tag = ?').get(tag);
  }
}

module.exports = { History };
