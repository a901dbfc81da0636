"""Indicators on pages and in series, with indicators of the tests' own."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.registry import Registry
from onecity.platform.identity.tests.factories import make_actor, open_session, plain_actor
from onecity.platform.indicators import selectors, services
from onecity.platform.indicators.declare import Evidence, Indicator, Measure, Period
from onecity.platform.indicators.models import Point

pytestmark = pytest.mark.django_db
calls: list[str] = []


def compute(actor: Actor, _period: Period) -> Measure:
    calls.append(actor.key)
    return Measure(96.5, 193, 200)


def rows(_actor: Actor, _period: Period, most: int) -> Evidence:
    found: list[list[str | int | float | datetime | None]] = [["A-1", "已结案"], ["A-2", None]]
    return Evidence(["编号", "状态"], found[:most], ["/cases/1", ""][:most])


OPEN = Indicator(
    code="test.on_time", name="按期结案率", definition="按期结案数 ÷ 应结案数", unit="%", compute=compute, rows=rows,
    group="处置", better="higher", target=95.0, decimals=1,
)  # fmt: skip
HIDDEN = Indicator(
    code="test.hidden", name="内部指标", definition="内部", unit="", compute=compute, rows=rows, group="处置",
    permission="identity.read_audit",
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_indicators(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    registry = Registry(Indicator)
    for item in (OPEN, HIDDEN):
        registry.add(item, owner="test")
    for module in (selectors, services):
        monkeypatch.setattr(module, "indicators", lambda: registry)
    selectors.forget()
    calls.clear()
    yield
    selectors.forget()


def test_list_shows_value_and_definition_to_everybody() -> None:
    text = Client().get("/indicators").content.decode()
    assert "按期结案率" in text
    assert "96.5" in text
    assert "按期结案数 ÷ 应结案数" in text
    assert "内部指标" not in text


def test_hidden_indicator_is_there_only_for_holders_of_its_permission() -> None:
    assert Client().get("/indicators/test.hidden").status_code == 404
    client = Client()
    client.cookies["onecity_session"] = open_session(make_actor("identity.read_audit", everywhere=True).account_id)
    assert client.get("/indicators/test.hidden").status_code == 200


def test_page_leads_to_the_rows_behind_the_value() -> None:
    text = Client().get("/indicators/test.on_time").content.decode()
    assert 'href="/cases/1"' in text
    assert "193 / 200" in text


def test_rows_behind_the_value_can_be_taken_along() -> None:
    answer = Client().get("/indicators/test.on_time?format=csv")
    assert "A-1,已结案" in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_unknown_indicator_is_not_found() -> None:
    with pytest.raises(NotFound):
        selectors.indicator(plain_actor(), "test.nothing")


def test_value_is_remembered_for_actors_who_see_the_same(now: datetime) -> None:
    for actor in (plain_actor(), Actor("account", 2)):
        selectors.reading(actor, OPEN, now=now)
    assert len(calls) == 1
    selectors.reading(plain_actor("identity.read_audit"), HIDDEN, now=now)
    assert len(calls) == 2


def test_series_keeps_one_point_an_hour(now: datetime) -> None:
    for minutes in (0, 20, 59, 60):
        services.record_hour(now=now + timedelta(minutes=minutes))
    assert Point.objects.filter(indicator_code="test.on_time").count() == 2
    assert [point.value for point in selectors.series("test.on_time", start=now, end=now + timedelta(hours=1))] == [
        96.5
    ]


def test_reading_knows_the_value_of_a_day_ago(now: datetime) -> None:
    services.record_hour(now=now - timedelta(days=1))
    found = selectors.reading(plain_actor(), OPEN, now=now)
    assert found.previous == 96.5
    assert found.verdict == "good"


def test_page_is_drawn_in_english_too() -> None:
    client = Client()
    client.cookies["onecity_language"] = "en"
    assert "Rows behind the value" in client.get("/indicators/test.on_time").content.decode()
