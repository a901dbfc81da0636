"""The demonstration's time: begins, stands, goes on, never back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from onecity.demo import city_clock
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.identity.api import NewGrant, grant_role
from onecity.platform.identity.tests.factories import AuditEntry, make_account, open_session

START = datetime(2020, 3, 30, 8, tzinfo=UTC)
REAL = datetime(2026, 11, 21, 7, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "city-time.json"
    clock.use_file(place)
    yield place
    clock.use_file(None)


def test_new_time_begins_where_the_pack_says(file: Path) -> None:
    line = city_clock.begin(file, start=START, speed=60, now=REAL)
    assert line.at(REAL + timedelta(minutes=1)) == START + timedelta(hours=1)


def test_time_goes_on_from_where_it_was_last_seen(file: Path) -> None:
    city_clock.begin(file, start=START, speed=60, now=REAL)
    city_clock.remember(file, now=REAL + timedelta(minutes=1))
    line = city_clock.begin(file, start=START, speed=1, now=REAL + timedelta(days=9))
    assert line.at(REAL + timedelta(days=9)) == START + timedelta(hours=1)
    assert line.speed == 60


def test_torn_memory_begins_anew(file: Path) -> None:
    file.with_name("city-time-seen.json").write_text("{", encoding="utf-8")
    assert city_clock.begin(file, start=START, speed=60, now=REAL).at(REAL) == START


def test_nothing_is_remembered_of_real_time(file: Path) -> None:
    city_clock.remember(file, now=REAL)
    assert list(file.parent.iterdir()) == []


def test_other_speed_goes_on_without_a_jump(file: Path) -> None:
    city_clock.begin(file, start=START, speed=60, now=REAL)
    later = REAL + timedelta(minutes=1)
    assert city_clock.set_speed(file, speed=10**9, now=later).at(later) == START + timedelta(hours=1)
    assert city_clock.set_speed(file, speed=10**9, now=later).speed == city_clock.FASTEST


def test_step_forward_moves_by_hours(file: Path) -> None:
    city_clock.begin(file, start=START, speed=0, now=REAL)
    assert city_clock.go_forward(file, hours=6, now=REAL).at(REAL + timedelta(days=1)) == START + timedelta(hours=6)


def guide() -> Client:
    account = make_account()
    grant_role(system_actor("test"), new=NewGrant(account.id, "demo.guide"), now=clock.real_now())
    client = Client()
    client.cookies["onecity_session"] = open_session(account.id)
    return client


@pytest.mark.django_db
def test_guide_sets_the_pace_and_it_is_audited(file: Path) -> None:
    city_clock.begin(file, start=START, speed=60, now=clock.real_now())
    with override_settings(ENV=replace(settings.ENV, demo=True, state=file.parent)):
        client = guide()
        assert "城市时间" in client.get("/demo/time").content.decode()
        assert client.post("/demo/time/speed", {"speed": "0"}).status_code == 302
        stood = clock.city_now()
        assert client.post("/demo/time/forward", {"hours": "6"}).status_code == 302
        assert clock.city_now() == stood + timedelta(hours=6)
        assert client.post("/demo/time/speed", {"speed": "7"}).status_code == 422
    actions = list(
        AuditEntry.objects.filter(action__startswith="demo.").order_by("id").values_list("action", flat=True)
    )
    assert actions == ["demo.set_speed", "demo.go_forward"]


@pytest.mark.django_db
def test_city_in_earnest_has_no_such_page() -> None:
    client = guide()
    assert client.get("/demo/time").status_code == 404
    assert client.post("/demo/time/speed", {"speed": "600"}).status_code == 404
