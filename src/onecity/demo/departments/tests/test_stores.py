"""The departments' stores on real servers, read back; the web service with its token, pages and refusals."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import psycopg
import pymysql
import pytest
from django.conf import settings
from django.db import connection

from onecity.demo.departments import stores
from onecity.demo.departments.people import demo_households
from onecity.demo.departments.rows import Tables, department_rows
from onecity.demo.departments.running import HOST, department_password, running_mariadb
from onecity.demo.departments.seed import Database
from onecity.demo.departments.service import DepartmentServer

SECRET = "test-secret"

pytestmark = pytest.mark.xdist_group("departments")


@pytest.fixture(scope="module")
def tables() -> Tables:
    return department_rows(demo_households(("220104001",), count=24), today=date(2026, 3, 10))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.mark.django_db
def test_postgresql_holds_each_departments_tables(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "PREFIX", "onecity_test_dept_")
    facts = connection.settings_dict
    server = Database(facts["HOST"], int(facts["PORT"] or 5432), facts["USER"], facts["PASSWORD"])
    stores.write_postgresql(server.address, tables=tables)
    stores.write_postgresql(server.address, tables=tables)
    with psycopg.connect(server.address, dbname="onecity_test_dept_public_security") as own:
        (count,) = own.execute("SELECT count(*) FROM household_register").fetchone() or (0,)
        assert count == len(tables["household_register"])
    with psycopg.connect(server.address, autocommit=True) as maintenance:
        for department in stores.POSTGRESQL:
            maintenance.execute(f"DROP DATABASE onecity_test_dept_{department}")


def test_mariadb_holds_four_departments_each_behind_its_own_account(tables: Tables, tmp_path: Path) -> None:
    port, folder = free_port(), settings.ENV.mariadb_folder.with_name(f"mariadb-test-{free_port()}")
    with running_mariadb(folder, port=port, secret=SECRET):
        for department in stores.MARIADB:
            password = department_password(SECRET, department)
            stores.write_mariadb(host=HOST, port=port, password=password, department=department, tables=tables)
        with running_mariadb(folder, port=port, secret=SECRET):
            own = pymysql.connect(
                host=HOST, port=port, user="tax", password=department_password(SECRET, "tax"), database="tax"
            )
        with own, own.cursor() as cursor:
            cursor.execute("SELECT count(*), sum(income_yuan) FROM income_tax")
            count, total = cursor.fetchone() or (0, 0)
        rows = tables["income_tax"]
        assert (count, int(total)) == (len(rows), sum(int(str(row["income_yuan"])) for row in rows))
        with pytest.raises(pymysql.MySQLError):
            pymysql.connect(
                host=HOST, port=port, user="tax", password=department_password(SECRET, "tax"), database="housing"
            )


def test_files_are_one_csv_for_each_institution_and_one_workbook(tables: Tables, tmp_path: Path) -> None:
    stores.write_files(tmp_path, tables=tables)
    lines = sum(
        len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in (tmp_path / "finance").glob("accounts_*.csv")
    )
    assert lines == len(tables["financial_accounts"])
    assert (tmp_path / "disabled" / "disability_cards.xlsx").stat().st_size > 0


@pytest.fixture
def service(tables: Tables, tmp_path: Path) -> Iterator[str]:
    """The web service, running; its address."""
    stores.write_service(tmp_path, tables=tables)
    server = DepartmentServer((HOST, 0), folder=tmp_path, token="secret")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://{HOST}:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def get(address: str, token: str = "secret") -> dict[str, object]:
    with urlopen(Request(address, headers={"Authorization": f"Bearer {token}"}), timeout=10) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def test_service_gives_pages_and_one_persons_rows(service: str, tables: Tables) -> None:
    rows = tables["farm_subsidies"]
    first = get(f"{service}/agriculture/farm_subsidies?page=1&size=2")
    assert (first["total"], first["rows"]) == (len(rows), rows[:2])
    own = get(f"{service}/market/shareholdings?citizen_id={quote(str(tables['shareholdings'][0]['citizen_id']))}")
    assert own["total"] == 1
    assert get(f"{service}/agriculture/farm_subsidies?page=99")["rows"] == []


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("/market/shareholdings", "wrong", 401),
        ("/market/secrets", "secret", 404),
        ("/market/shareholdings?page=0", "secret", 400),
        ("/market/shareholdings?size=x", "secret", 400),
    ],
)
def test_service_refuses(service: str, path: str, token: str, status: int) -> None:
    with pytest.raises(HTTPError) as refusal:
        get(service + path, token)
    with refusal.value:
        assert refusal.value.code == status


def test_service_without_its_files_has_no_rows_and_reads_them_once_written(tables: Tables, tmp_path: Path) -> None:
    with DepartmentServer((HOST, 0), folder=tmp_path, token="secret") as server:
        assert server.rows("market/shareholdings") == []
        stores.write_service(tmp_path, tables=tables)
        assert server.rows("market/shareholdings") == tables["shareholdings"]
