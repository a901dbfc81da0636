"""The whole path Share on real stores: connection, catalogue, request, grant, question, receipt, report."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from onecity.demo.departments import register, stores
from onecity.demo.departments.applying import apply_all, prepare_welfare
from onecity.demo.departments.people import Story, demo_households
from onecity.demo.departments.rows import department_rows
from onecity.demo.departments.running import HOST, department_password, running_mariadb
from onecity.demo.departments.seed import Ground, places
from onecity.demo.departments.tests.grounds import SECRET, ground_of
from onecity.domains.welfare import api as welfare
from onecity.kernel.actor import system_actor
from onecity.kernel.clock import city_date
from onecity.platform.cases.api import cases
from onecity.platform.identity import api as identity

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("departments")]
ACTOR = system_actor("test")
PORT = 13391
STREET = "220104001"


class Quiet:
    """Progress that nobody watches."""

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Take the report and keep nothing of it."""


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """Stores of twelve households, one for each story; PostgreSQL's databases go afterwards."""
    with ground_of("path", port=PORT, files=tmp_path, databases=stores.POSTGRESQL, monkeypatch=monkeypatch) as found:
        yield found


def make_bodies() -> dict[str, int]:
    """Make the departments, the checking centre and a street; returns the street by its division."""
    for code in {*register.ORGANISATIONS.values(), register.CONSUMER}:
        new = identity.NewOrganisation(
            code=code, name=f"示范市{code}", short_name=code, kind="department", division_code="220100"
        )
        identity.create_organisation(ACTOR, new=new)
    street = identity.NewOrganisation(
        code="street.1", name="人民街道办事处", short_name="人民街道", kind="street", division_code=STREET
    )
    return {STREET: identity.create_organisation(ACTOR, new=street).id}


def test_every_story_is_found_through_the_exchange(ground: Ground, now: datetime) -> None:
    streets, homes = make_bodies(), list(demo_households((STREET,), count=len(Story)))
    tables = department_rows(homes, today=city_date(now))
    stores.write_postgresql(ground.database.address, tables=tables)
    stores.write_files(ground.files, tables=tables)
    stores.write_service(ground.files, tables=tables)
    with running_mariadb(ground.mariadb, port=PORT, secret=SECRET):
        for department in stores.MARIADB:
            password = department_password(SECRET, department)
            stores.write_mariadb(host=HOST, port=PORT, password=password, department=department, tables=tables)
        every = register.sources(places(ground))
        assert register.register(ACTOR, every=every, now=now) == 17
        assert register.register(ACTOR, every=every, now=now) == 0
        centre = identity.organisation_by_code(register.CONSUMER)
        prepare_welfare(ACTOR, city_code="220100", centre_id=centre.id, now=now)
        assert apply_all(ACTOR, households=homes, streets=streets, now=now) == applied()
        found = {home.story: verified(number, now=now) for home, number in zip(homes, applied(), strict=True)}
    assert found == {
        Story.HONEST: set(),
        Story.HIDDEN_CAR: {"vehicle_hidden"},
        Story.STILL_MARRIED: {"marital", "spouse_missing"},
        Story.DEAD_DRAWING: {"dead_member", "dead_drawing"},
        Story.HIDDEN_SAVINGS: set(),
        Story.SECOND_FLAT: {"house_hidden"},
        Story.SHAREHOLDER: {"enterprise_hidden"},
        Story.WORKS: {"works"},
        Story.EARNS_MORE: set(),
        Story.HIDDEN_SON: {"people_missing"},
        Story.TOOL_OF_LIVING: set(),
        Story.RICH_SON: set(),
    }


def applied() -> list[int]:
    """Return the applications' ids in the order in which they came, as their cases name them."""
    rows = cases(ACTOR, size=100).rows
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM welfare_application ORDER BY id")
        found = [int(row[0]) for row in cursor.fetchall()]
    assert len(rows) >= len(found)
    return found


def verified(application_id: int, *, now: datetime) -> set[str]:
    """Verify an application through the exchange; returns the codes of its contradictions."""
    made = welfare.request_verification(ACTOR, application_id=application_id, purpose="application", now=now)
    welfare.ask_departments(ACTOR, verification_id=made.id, asker=welfare.exchange_asker, progress=Quiet(), now=now)
    states = set(made.queries.values_list("state", "note"))
    assert states == {("answered", "")}
    assert not made.queries.filter(asked__receipt="").exists()
    report = welfare.conclude(ACTOR, verification_id=made.id, now=now)
    assert len(report.signature) == 128
    return set(made.findings.filter(weight="contradiction").values_list("code", flat=True))
