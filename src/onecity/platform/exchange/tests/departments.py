"""A department's database of its own on the tests' server, with two schemas: `dept` to read from, `hub` to write to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.db import connection

from onecity.platform.exchange.contracts.places import OptionValue
from onecity.platform.exchange.contracts.tables import ColumnShape, TableShape
from onecity.platform.exchange.contracts.tables import LogicalType as L

PEOPLE = """
    CREATE TABLE dept.people (
        id integer PRIMARY KEY, number text, name text, sex text, born text, income numeric(10, 2), changed_at timestamp
    )
"""
COLUMNS = (
    ColumnShape("id", L.INTEGER, nullable=False, native="integer"),
    ColumnShape("number", L.TEXT),
    ColumnShape("name", L.TEXT),
    ColumnShape("sex", L.TEXT),
    ColumnShape("born", L.TEXT),
    ColumnShape("income", L.DECIMAL, precision=10, scale=2),
    ColumnShape("changed_at", L.TIMESTAMP),
)
TARGET = TableShape(
    "hub.people",
    (
        ColumnShape("id", L.INTEGER, nullable=False),
        ColumnShape("number", L.TEXT, title="身份证号"),
        ColumnShape("name", L.TEXT, title="姓名"),
        ColumnShape("sex", L.TEXT),
        ColumnShape("born", L.DATE),
        ColumnShape("income", L.DECIMAL, precision=10, scale=2),
        ColumnShape("changed_at", L.TIMESTAMP),
    ),
    key=("id",),
)
NUMBERS = ("11010519491231002X", "440524188001010014", "360426199101010071", "110000198001010019")
Row = tuple[object, ...]


@dataclass(frozen=True)
class Department:
    """The database. options: as a connection of kind postgresql names them."""

    options: dict[str, OptionValue]
    secret: str

    def execute(self, sql: str, *values: object) -> list[Row]:
        """Run one statement and return its rows."""
        with self._link() as link:
            found = link.execute(sql, values or None)
            return found.fetchall() if found.description else []

    def fresh(self) -> None:
        """Empty both schemas and make the table of people, with four rows."""
        for schema in ("dept", "hub", "onecity_exchange"):
            self.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        self.execute("CREATE SCHEMA dept")
        self.execute("CREATE SCHEMA hub")
        self.execute(PEOPLE)
        for place, number in enumerate(NUMBERS, start=1):
            self.put(place, number)

    def put(self, number: int, identity: str, *, name: str = "张三", sex: str = "男", born: str = "1990-01-02") -> None:
        """Write one person into the source, or over him."""
        self.execute(
            "INSERT INTO dept.people VALUES (%s, %s, %s, %s, %s, 1.5,"
            " timestamp '2026-01-01' + make_interval(days => %s))"
            " ON CONFLICT (id) DO UPDATE SET number = excluded.number, name = excluded.name, sex = excluded.sex,"
            " born = excluded.born, changed_at = excluded.changed_at",
            number, identity, name, sex, born, number,
        )  # fmt: skip

    def fill(self, count: int) -> None:
        """Write many people into the source, numbered from 1,001 on."""
        self.execute(
            "INSERT INTO dept.people SELECT 1000 + n, '11010519491231002X', '李四', '女', '1990-01-02', n,"
            " timestamp '2026-02-01' + make_interval(secs => n) FROM generate_series(1, %s) n",
            count,
        )

    def people(self) -> list[Row]:
        """Return (id, sex, born) of who is at the target; nobody where there is no table."""
        if self.execute("SELECT to_regclass('hub.people')")[0][0] is None:
            return []
        return self.execute("SELECT id, sex, born::text FROM hub.people ORDER BY id")

    @contextmanager
    def _link(self) -> "Iterator[psycopg.Connection[Row]]":
        with psycopg.connect(
            host=str(self.options["host"]),
            port=int(self.options["port"]),
            dbname=str(self.options["database"]),
            user=str(self.options["user"]),
            password=self.secret or None,
            autocommit=True,
        ) as link:
            yield link


@contextmanager
def department() -> Iterator[Department]:
    """Make the database for as long as it is needed. The caller has the tests' database at hand."""
    given = connection.get_connection_params()
    name = f"flows_{os.getpid()}"
    options: dict[str, OptionValue] = {
        "host": str(given.get("host") or "/var/run/postgresql"),
        "port": int(given.get("port") or 5432),
        "database": name,
        "user": str(given.get("user") or "postgres"),
    }
    made = Department(options, str(given.get("password") or ""))
    server = Department({**options, "database": "postgres"}, made.secret)
    server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    server.execute(f"CREATE DATABASE {name}")
    try:
        yield made
    finally:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
