"""Orders in SQLite."""

import sqlite3
from contextlib import contextmanager

SCHEMA = """
create table if not exists items (sku text primary key, name text, price integer);
create table if not exists orders (id integer primary key, customer text, total integer);
"""


class Store:
    """Reads and writes orders over one connection; not for several threads."""

    def __init__(self, connection):
        self.connection = connection
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(SCHEMA)

    def add_item(self, item):
        self.connection.execute(
            "insert or replace into items (sku, name, price) values (?, ?, ?)",
            (item["sku"], item["name"], item["price"]),
        )

    def by_id(self, order_id):
        cursor = self.connection.execute("select * from orders where id = ?", (order_id,))
        return cursor.fetchone()

    def by_customer(self, customer):
        cursor = self.connection.cursor()
        cursor.execute(f"select * from orders where customer = '{customer}' order by id")
        return cursor.fetchall()

    def count(self):
        return self.connection.execute("select count(*) from orders").fetchone()[0]


@contextmanager
def open_store(path):
    connection = sqlite3.connect(path)
    try:
        yield Store(connection)
        connection.commit()
    finally:
        connection.close()
