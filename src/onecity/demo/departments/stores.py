"""Writing the departments' stores: databases in PostgreSQL and MariaDB, files in a folder, rows for a web service."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import psycopg
import pymysql
import xlsxwriter
from psycopg import sql

from onecity.demo.departments.rows import COLUMNS, Cell, Row, Tables

NUMBERS: Final = frozenset(
    (
        "household_size",
        "value_yuan",
        "base_yuan",
        "own_yuan",
        "amount_yuan",
        "area_m2",
        "monthly_rent",
        "balance_yuan",
        "income_yuan",
        "deducted_yuan",
        "tax_yuan",
        "paid_in_yuan",
        "grade",
        "total_yuan",
        "own_paid_yuan",
    )
)
POSTGRESQL: Final[Mapping[str, tuple[str, ...]]] = {
    "public_security": ("household_register", "vehicles"),
    "civil_affairs": ("marriages", "cremations", "other_aids"),
    "human_resources": ("insurance_paid", "benefits_drawn"),
    "transport": ("operating_vehicles",),
    "medical": ("medical_expenses",),
}
"""Departments with a database of PostgreSQL: department → tables."""
MARIADB: Final[Mapping[str, tuple[str, ...]]] = {
    "real_estate": ("real_estate",),
    "housing": ("housing_contracts",),
    "housing_fund": ("fund_accounts",),
    "tax": ("income_tax",),
}
FILES: Final[Mapping[str, tuple[str, ...]]] = {"finance": ("financial_accounts",), "disabled": ("disability_cards",)}
SERVICE: Final[Mapping[str, tuple[str, ...]]] = {"market": ("shareholdings",), "agriculture": ("farm_subsidies",)}
PREFIX: Final = "onecity_dept_"


def write_postgresql(address: str, *, tables: Tables) -> None:
    """Make each department's database anew on the server of `address`, whose user may make databases."""
    for department, names in POSTGRESQL.items():
        database = PREFIX + department
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        with psycopg.connect(address, dbname=database) as connection:
            for name in names:
                _write_table(connection, name, tables[name])


def _write_table(connection: "psycopg.Connection[tuple[object, ...]]", name: str, rows: Iterable[Row]) -> None:
    columns = [(column, "numeric(14, 2)" if column in NUMBERS else "text") for column in COLUMNS[name]]
    defined = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(item), sql.SQL(kind)) for item, kind in columns)
    connection.execute(
        sql.SQL("CREATE TABLE {} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {})").format(
            sql.Identifier(name), defined
        )
    )
    for column, title in COLUMNS[name].items():
        connection.execute(
            sql.SQL("COMMENT ON COLUMN {}.{} IS {}").format(
                sql.Identifier(name), sql.Identifier(column), sql.Literal(title)
            )
        )
    listed = sql.SQL(", ").join(sql.Identifier(column) for column, _ in columns)
    with connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), listed)) as copy:
        for row in rows:
            copy.write_row(list(row.values()))
    connection.execute(sql.SQL("CREATE INDEX ON {} (citizen_id)").format(sql.Identifier(name)))


def write_mariadb(*, host: str, port: int, password: str, department: str, tables: Tables) -> None:
    """Fill a department's schema anew; schema and account have the department's name."""
    connection = pymysql.connect(
        host=host, port=port, user=department, password=password, database=department, charset="utf8mb4"
    )
    with connection, connection.cursor() as cursor:
        for name in MARIADB[department]:
            cursor.execute(f"DROP TABLE IF EXISTS `{name}`")
            cursor.execute(f"CREATE TABLE `{name}` ({', '.join(_mysql_columns(name))}, KEY (citizen_id))")
            places = ", ".join(["%s"] * len(COLUMNS[name]))
            listed = ", ".join(f"`{column}`" for column in COLUMNS[name])
            cursor.executemany(
                f"INSERT INTO `{name}` ({listed}) VALUES ({places})",
                [tuple(row.values()) for row in tables[name]],
            )
        connection.commit()


def _mysql_columns(name: str) -> Iterator[str]:
    yield "id bigint AUTO_INCREMENT PRIMARY KEY"
    for column, title in COLUMNS[name].items():
        kind = "decimal(14, 2)" if column in NUMBERS else "varchar(80)"
        yield f"`{column}` {kind} NULL COMMENT '{title}'"


def write_files(folder: Path, *, tables: Tables) -> None:
    """Write the files that departments send: accounts of each institution as CSV, disability as Excel."""
    for department in FILES:
        (folder / department).mkdir(parents=True, exist_ok=True)
    rows = tables["financial_accounts"]
    institutions = sorted({str(row["institution"]) for row in rows})
    for place, institution in enumerate(institutions):
        own = [row for row in rows if row["institution"] == institution]
        _write_csv(folder / "finance" / f"accounts_{place + 1}.csv", "financial_accounts", own)
    _write_excel(folder / "disabled" / "disability_cards.xlsx", "disability_cards", tables["disability_cards"])


def _write_csv(path: Path, name: str, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(COLUMNS[name]))
        writer.writeheader()
        writer.writerows(rows)


def _write_excel(path: Path, name: str, rows: Sequence[Row]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(name)
        for place, column in enumerate(COLUMNS[name]):
            sheet.write_string(0, place, column)
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row.values()):
                _write_cell(sheet, line, place, value)


def _write_cell(sheet: "xlsxwriter.worksheet.Worksheet", line: int, place: int, value: Cell) -> None:
    if isinstance(value, int | float):
        sheet.write_number(line, place, value)
    elif value is not None:
        sheet.write_string(line, place, value)


def write_service(folder: Path, *, tables: Tables) -> None:
    """Write what the web services of departments answer from, one file for each resource."""
    for department, names in SERVICE.items():
        (folder / department).mkdir(parents=True, exist_ok=True)
        for name in names:
            draft = folder / department / f"{name}.json.new"
            draft.write_text(json.dumps(tables[name], ensure_ascii=False), encoding="utf-8")
            draft.rename(folder / department / f"{name}.json")
