"""The database. Only this file writes SQL."""

import sqlite3

COLUMNS = {"created": "created_at", "title": "title", "state": "state"}


def connect():
    connection = sqlite3.connect("desk.db")
    connection.row_factory = sqlite3.Row
    return connection


def init_store():
    with connect() as db:
        db.execute("create table if not exists tickets (id integer primary key, title, body, state, created_at)")


def find_tickets(word):
    with connect() as db:
        return db.execute("select * from tickets where title like ?", (f"%{word}%",)).fetchall()


def list_tickets(order):
    # The column comes from a table of known ones, so what the visitor sent is never in the text.
    column = COLUMNS.get(order, "created_at")
    with connect() as db:
        return db.execute(f"select * from tickets order by {column}").fetchall()


def tickets_in(state):
    with connect() as db:
        return db.execute("select * from tickets where state = '" + state + "'").fetchall()


def ticket(number):
    with connect() as db:
        return db.execute("select * from tickets where id = %d" % number).fetchone()
