"""The demonstration's flows on real stores: set up once, run by the queue, wrong rows kept out with their reasons."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from onecity.demo.departments import flowing, openings, register, stores
from onecity.demo.departments.applying import apply_all, prepare_welfare, verify_first
from onecity.demo.departments.flows import FLOWS
from onecity.demo.departments.people import demo_households
from onecity.demo.departments.rows import Tables, department_rows
from onecity.demo.departments.running import HOST, department_password, running_mariadb
from onecity.demo.departments.seed import Ground, places, warehouse
from onecity.demo.departments.tests.grounds import SECRET, ground_of
from onecity.demo.departments.tests.test_path_share import ACTOR, STREET, make_bodies
from onecity.kernel import clock
from onecity.kernel.clock import city_date
from onecity.platform.identity import api as identity

PORT = 13392
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HOMES = list(demo_households((STREET,), count=240))
Rows = list[tuple[object, ...]]

pytestmark = pytest.mark.xdist_group("departments")


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """Where the stores of this test lie; PostgreSQL's databases go afterwards."""
    with ground_of(
        "flows", port=PORT, files=tmp_path, databases=(*stores.POSTGRESQL, flowing.WAREHOUSE), monkeypatch=monkeypatch
    ) as found:
        yield found


def fill(ground: Ground, tables: Tables) -> None:
    """Write every store but MariaDB's."""
    stores.write_postgresql(ground.database.address, tables=tables)
    stores.write_files(ground.files, tables=tables)
    openings.write_openings(ground.files, households=HOMES, today=city_date(NOW))
    stores.write_service(ground.files, tables=tables)


def hub(query: str) -> Rows:
    """Ask the hub's own database."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


@contextmanager
def standing(ground: Ground, tables: Tables, *, now: datetime) -> Iterator[dict[str, int]]:
    """Have every store filled and registered, MariaDB running; gives the street by its division."""
    streets = make_bodies()
    fill(ground, tables)
    with running_mariadb(ground.mariadb, port=PORT, secret=SECRET):
        for department in stores.MARIADB:
            password = department_password(SECRET, department)
            stores.write_mariadb(host=HOST, port=PORT, password=password, department=department, tables=tables)
        register.register(ACTOR, every=register.sources(places(ground)), now=now)
        yield streets


def test_flows_run_land_and_keep_wrong_rows_out(ground: Ground, run_queue: Callable[[], int]) -> None:
    tables = department_rows(HOMES, today=city_date(NOW))
    with standing(ground, tables, now=NOW):
        assert begin(ground) == len(FLOWS)
        assert begin(ground) == 0
        while run_queue():
            pass
    assert hub("SELECT state, error FROM exchange_run") == [("done", "")] * len(FLOWS)
    assert hub("SELECT count(*) FROM exchange_run WHERE reconciled") == [(len(FLOWS),)]
    assert hub("SELECT count(*) FROM exchange_runreceipt") == [(len(FLOWS),)]
    assert hub("SELECT count(*) FROM exchange_qualityscore") == [(len(FLOWS),)]
    assert landed(ground) == {
        "tax_income": len(tables["income_tax"]),
        "bank_openings": len(HOMES),
        "police_households": len(tables["household_register"]),
        "civil_marriages": len(tables["marriages"]),
        "market_shareholdings": len(tables["shareholdings"]),
    }
    reasons = Counter(str(reason) for (reason,) in hub("SELECT unnest(reason_codes) FROM exchange_refusedrow"))
    assert reasons == {
        "identifier.citizen_id": 2,
        "not_null.name": 1,
        "cast.opened_date": 2,
        "not_null.opened_date": 2,
        "codes.kind": 1,
    }


def test_first_applications_are_verified_by_the_queue(ground: Ground, run_queue: Callable[[], int]) -> None:
    now = clock.city_now()  # what the queue's jobs take for now: consents and grants must be in force then
    tables = department_rows(HOMES, today=city_date(now))
    with standing(ground, tables, now=now) as streets:
        centre = identity.organisation_by_code(register.CONSUMER)
        prepare_welfare(ACTOR, city_code="220100", centre_id=centre.id, now=now)
        applied = apply_all(ACTOR, households=HOMES[:3], streets=streets, now=now)
        assert verify_first(ACTOR, applications=applied[:2], now=now, real=clock.real_now()) == 2
        while run_queue():
            pass
    found = hub("SELECT application_id, state FROM welfare_verification ORDER BY application_id")
    assert found == [(application_id, "reported") for application_id in applied[:2]]
    assert hub("SELECT code FROM welfare_reportfinding WHERE weight = 'contradiction'") == [("vehicle_hidden",)]


def begin(ground: Ground) -> int:
    return flowing.begin_flows(ACTOR, address=ground.database.address, place=warehouse(ground.database), now=NOW)


def landed(ground: Ground) -> dict[str, int]:
    """Return how many rows lie in each table of the centre's database."""
    with psycopg.connect(ground.database.address, dbname=flowing.warehouse()) as centre:
        found = {}
        for item in FLOWS:
            (count,) = centre.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(item.target))
            ).fetchone() or (0,)
            found[item.target] = int(count)
        return found
