"""A database for one benchmark: made from the template on this checkout's server, dropped afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

VARIABLE: Final = "ONECITY_DATABASE_URL"
TEMPLATE: Final = "onecity_template"
MAINTENANCE: Final = "postgres"


def url_of(name: str) -> str:
    """Return the address of another database on the same server as `ONECITY_DATABASE_URL`."""
    parts = urlsplit(os.environ[VARIABLE])
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


@contextmanager
def own_database(label: str, *, template: str = TEMPLATE) -> Iterator[str]:
    """Make a database, give its address, and drop it at the end whatever happened.

    template: name of the database that is copied; nobody may be connected to it.
    """
    name = f"onecity_bench_{label}_{os.getpid()}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(url_of(MAINTENANCE), autocommit=True) as server:
        server.execute(create)
    try:
        yield url_of(name)
    finally:
        with psycopg.connect(url_of(MAINTENANCE), autocommit=True) as server:
            server.execute(drop)


def name_of(url: str) -> str:
    """Return the name of the database at an address."""
    return urlsplit(url).path.lstrip("/")


def server_version() -> str:
    """Return PostgreSQL's version."""
    with psycopg.connect(url_of(MAINTENANCE)) as server:
        row = server.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else ""
