"""Everything of the departments for a demonstration: their stores, the path Share to them, and who applies."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from onecity.demo.city import Say
from onecity.demo.departments import applying, flowing, openings, register, stores
from onecity.demo.departments.people import demo_households
from onecity.demo.departments.rows import department_rows
from onecity.demo.departments.running import HOST, department_password, running_mariadb
from onecity.demo.departments.service import LARGEST
from onecity.demo.packs import CityPack
from onecity.domains.welfare.api import take_over
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.platform.exchange.contracts.places import OptionValue, Place
from onecity.platform.identity import api as identity

APPLICANTS: Final = 24
VERIFIED: Final = 8
"""Applications that are verified at once."""
RECEIVING: Final = 624
KNOWN: Final = 2400
"""Households that departments know; the first of them apply, the next ones receive aid already."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the departments' stores lie. database: host, port, user and password of the PostgreSQL server."""

    database: "Database"
    mariadb: Path
    mariadb_port: int
    service_port: int
    files: Path
    secret: str


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL server on which databases may be made."""

    host: str
    port: int
    user: str
    password: str

    @property
    def address(self) -> str:
        """Return the address of its maintenance database."""
        parts = {"host": self.host, "port": str(self.port), "user": self.user, "password": self.password}
        return " ".join(f"{name}={value}" for name, value in parts.items() if value) + " dbname=postgres"


def load_departments(actor: Actor, *, pack: CityPack, ground: Ground, now: datetime, say: Say) -> None:
    """Fill the stores anew, register what is not registered, and let the first households apply once. now: city time.

    Raises: NotInstalled where MariaDB is missing; what the exchange and welfare raise.
    """
    streets = {item.division_code: item.id for item in identity.organisations(kind="street") if item.division_code}
    divisions = sorted(streets)[:12]
    homes = list(demo_households(divisions, count=KNOWN))
    today = city_date(now)
    tables = department_rows(homes, today=today)
    stores.write_postgresql(ground.database.address, tables=tables)
    stores.write_files(ground.files, tables=tables)
    openings.write_openings(ground.files, households=homes, today=today)
    stores.write_service(ground.files, tables=tables)
    with running_mariadb(ground.mariadb, port=ground.mariadb_port, secret=ground.secret):
        for department in stores.MARIADB:
            stores.write_mariadb(
                host=HOST,
                port=ground.mariadb_port,
                password=department_password(ground.secret, department),
                department=department,
                tables=tables,
            )
    say(f"部门库: {len(tables)} 张表，{sum(len(rows) for rows in tables.values())} 行")
    given = register.register(actor, every=register.sources(places(ground)), now=now)
    say(f"共享授权: {given}")
    flows = flowing.begin_flows(actor, address=ground.database.address, place=warehouse(ground.database), now=now)
    say(f"交换流程: {flows}")
    if given:
        centre = identity.organisation_by_code(register.CONSUMER)
        applying.prepare_welfare(actor, city_code=pack.division_code, centre_id=centre.id, now=now)
        applied = applying.apply_all(actor, households=homes[:APPLICANTS], streets=streets, now=now)
        say(f"救助申请: {len(applied)}")
        begun = applying.verify_first(actor, applications=applied[:VERIFIED], now=now, real=clock.real_now())
        say(f"经济状况核对: {begun}")
        roll = [
            applying.known_household(home, streets[home.division_code], now=now) for home in homes[APPLICANTS:RECEIVING]
        ]
        say(f"救助对象: {take_over(actor, households=roll, now=now)}")


def places(ground: Ground) -> dict[str, Place]:
    """Return where each department keeps its data, as the exchange's connectors understand it."""
    found: dict[str, Place] = {}
    for department in stores.POSTGRESQL:
        found[department] = _postgresql(ground.database, stores.PREFIX + department)
    for department in stores.MARIADB:
        own: dict[str, OptionValue] = {
            "host": HOST,
            "port": ground.mariadb_port,
            "database": department,
            "user": department,
        }
        found[department] = Place("mysql", own, department_password(ground.secret, department))
    for department in stores.FILES:
        found[department] = Place("files", {"folder": str(ground.files / department)})
    for department, names in stores.SERVICE.items():
        found[department] = _service(department, names, ground)
    return found


def warehouse(database: Database) -> Place:
    """Return where the checking centre keeps what flows bring it."""
    return _postgresql(database, flowing.warehouse())


def _postgresql(server: Database, name: str) -> Place:
    options: dict[str, OptionValue] = {
        "host": server.host,
        "port": server.port,
        "database": name,
        "user": server.user,
    }
    return Place("postgresql", options, server.password)


def _service(department: str, names: tuple[str, ...], ground: Ground) -> Place:
    options: dict[str, OptionValue] = {
        "url": f"http://{HOST}:{ground.service_port}/{department}",
        "resources": ",".join(names),
        "rows_path": "rows",
        "paging": "page",
        "page_size": LARGEST,
        "auth": "bearer",
        "rate": 100,
    }
    return Place("rest", options, department_password(ground.secret, "service"))
