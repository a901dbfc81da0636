"""What phones send: each thing once, refusals kept, positions in batches, walks without impossible jumps."""

import json
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.urban_management.models import CaseRecord, Submission, TrackPoint
from onecity.domains.urban_management.rules.walking import FASTEST_MS, Point, on_earth, walk_of
from onecity.domains.urban_management.selectors.field_work import walk_of_day
from onecity.domains.urban_management.services.field import Deed, keep_points, take
from onecity.domains.urban_management.tests.factories import (
    DUST,
    INSIDE,
    Offices,
    make_city_case,
    new_report,
    picture,
    shown,
    to_handling,
    waiting,
    walk,
)
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.platform.identity.tests.factories import open_session

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
START = datetime(2026, 3, 10, 1, 0).astimezone()


def point(minutes: float, metres: float) -> Point:
    return Point(START + minutes * MINUTE, 125.0, 43.9 + metres / 111_195)


def test_walk_is_measured_in_metres_and_minutes() -> None:
    found = walk_of([point(0, 0), point(1, 60), point(2, 120)])
    assert round(found.metres) == 120
    assert found.moving == 2 * MINUTE
    assert len(found.legs) == 1


def test_silence_splits_a_walk_and_is_not_measured() -> None:
    found = walk_of([point(0, 0), point(1, 60), point(30, 2000), point(31, 2060)])
    assert (len(found.legs), round(found.metres), found.moving) == (2, 120, 2 * MINUTE)


def test_impossible_jump_is_left_out() -> None:
    found = walk_of([point(0, 0), point(1, 60 * FASTEST_MS + 100), point(2, 60)])
    assert (len(found.legs[0]), round(found.metres)) == (2, 60)
    assert walk_of([]).metres == 0


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0, 5000)), max_size=30))
def test_walk_loses_no_point_but_impossible_ones(steps: list[tuple[float, float]]) -> None:
    points = sorted((point(minutes, metres) for minutes, metres in steps), key=lambda item: item.at)
    found = walk_of(points)
    kept = [item for leg in found.legs for item in leg]
    assert kept == [item for item in points if item in kept]
    assert found.metres >= 0
    assert found.moving <= 600 * MINUTE


@pytest.mark.parametrize("place", [(181.0, 0.0), (0.0, 91.0), (float("nan"), 0.0), (0.0, float("inf"))])
def test_no_place_is_no_place(place: tuple[float, float]) -> None:
    assert not on_earth(*place)


def told(key: str, **facts: object) -> Deed:
    report = new_report(class_code=DUST, key=f"field:{key}", **facts)
    return Deed(key, "report", MINUTE, report=report, uploads=[picture()])


def test_report_of_a_phone_is_taken_once_however_often_it_is_sent(offices: Offices, now: datetime) -> None:
    first = take(offices.supervisor, deed=told("a"), now=now)
    again = take(offices.supervisor, deed=told("a"), now=now + MINUTE)
    assert first.done
    assert first == again
    assert CaseRecord.objects.count() == 1
    assert Submission.objects.get().done_at == now - MINUTE


def test_refusal_is_kept_under_its_key_with_a_reason(offices: Offices, now: datetime) -> None:
    first = take(offices.supervisor, deed=told("a"), now=now)
    second = take(offices.supervisor, deed=told("b"), now=now)
    assert not second.done
    assert first.number in second.reason
    assert take(offices.supervisor, deed=told("b", not_repeated=True), now=now) == second
    assert take(offices.supervisor, deed=told("c", not_repeated=True), now=now).done
    assert CaseRecord.objects.count() == 2


def to_check(offices: Offices, now: datetime) -> tuple[str, int]:
    number = make_city_case(offices, now=now)
    to_handling(offices, number, now=now)
    walk(offices, number, "done", "send", now=now)
    task = next(item for item in shown(number, now=now).tasks if item.node == "check" and item.state == "open")
    return number, task.id


def checked(key: str, number: str, task_id: int, outcome: str = "pass", *, photo: bool = True) -> Deed:
    uploads = [picture()] if photo else []
    return Deed(key, "check", MINUTE, number=number, task_id=task_id, outcome=outcome, note="已恢复", uploads=uploads)


def test_check_done_without_network_ends_the_task(offices: Offices, now: datetime) -> None:
    number, task_id = to_check(offices, now)
    assert take(offices.supervisor, deed=checked("a", number, task_id), now=now).done
    assert waiting(number, now=now) == ["close"]


def test_second_check_of_one_task_is_told_that_it_came_too_late(offices: Offices, now: datetime) -> None:
    number, task_id = to_check(offices, now)
    take(offices.supervisor, deed=checked("a", number, task_id), now=now)
    late = take(offices.supervisor, deed=checked("b", number, task_id, "fail"), now=now)
    assert not late.done
    assert late.reason
    assert waiting(number, now=now) == ["close"]


def test_check_that_breaks_a_rule_is_refused_and_changes_nothing(offices: Offices, now: datetime) -> None:
    number, task_id = to_check(offices, now)
    for key, deed in {
        "photo": checked("photo", number, task_id, photo=False),
        "task": checked("task", number, task_id + 99),
        "case": checked("case", "0" * 19, task_id),
        "kind": Deed("kind", "dance", MINUTE),
        "report": Deed("report", "report", MINUTE),
    }.items():
        assert not take(offices.supervisor, deed=deed, now=now).done, key
    assert waiting(number, now=now) == ["check"]
    assert Submission.objects.filter(outcome="refused").count() == 5


def test_only_supervisors_send_and_every_deed_has_a_key(offices: Offices, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        take(offices.acceptor, deed=told("a"), now=now)
    with pytest.raises(NotPermitted):
        keep_points(offices.acceptor, points=[], now=now)
    for key in ("", "x" * 61):
        with pytest.raises(Invalid):
            take(offices.supervisor, deed=told(key), now=now)


def places(count: int, **facts: float | None) -> list[dict[str, float | None]]:
    return [
        {"stamp": 1000.0 + n, "ago_s": 60.0 * (count - n), "longitude": INSIDE[0], "latitude": INSIDE[1], **facts}
        for n in range(count)
    ]


def test_batch_sent_twice_is_kept_once(offices: Offices, now: datetime) -> None:
    assert keep_points(offices.supervisor, points=places(5), now=now) == 5
    assert keep_points(offices.supervisor, points=places(6), now=now + MINUTE) == 1
    assert TrackPoint.objects.count() == 6
    found = walk_of_day(offices.supervisor.account_id, start=now - 60 * MINUTE, end=now + MINUTE)
    assert sum(len(leg) for leg in found.legs) == 6


@pytest.mark.parametrize(
    "facts", [{"longitude": None}, {"latitude": 91.0}, {"stamp": None}, {"ago_s": 8 * 86400.0}, {"longitude": 200.0}]
)
def test_broken_or_stale_positions_are_left_out(
    offices: Offices, now: datetime, facts: dict[str, float | None]
) -> None:
    assert keep_points(offices.supervisor, points=places(2, **facts), now=now) == 0


def test_too_many_positions_at_once_are_refused(offices: Offices, now: datetime) -> None:
    with pytest.raises(Invalid):
        keep_points(offices.supervisor, points=places(501), now=now)


def client_of(actor: Actor) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def test_phone_gets_its_tasks_classes_and_conditions(offices: Offices, now: datetime) -> None:
    number, task_id = to_check(offices, now)
    client = client_of(offices.supervisor)
    state = client.get("/field/state").json()
    assert [(item["number"], item["id"]) for item in state["tasks"]] == [(number, task_id)]
    assert {item["code"] for item in state["tasks"][0]["outcomes"]} == {"pass", "fail"}
    assert state["tasks"][0]["closing"]
    assert any(code == DUST for group in state["classes"] for code, _ in group["choices"])
    page = client.get("/field/")
    assert "监督员掌上通" in page.content.decode()
    worker = client.get("/field/worker.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")


def test_doors_of_the_phone_take_deeds_and_positions(offices: Offices) -> None:
    client = client_of(offices.supervisor)
    form = {
        "key": "k1", "kind": "report", "ago_s": "5", "longitude": str(INSIDE[0]), "latitude": str(INSIDE[1]),
        "class_code": DUST, "description": "工地扬尘", "urgency": "9",
    }  # fmt: skip
    answer = client.post("/field/submissions", {**form, "photos": picture()}).json()
    assert answer["done"], answer
    refused = client.post("/field/submissions", {**form, "key": "k2", "longitude": "x", "photos": picture()})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    late = client.post("/field/submissions", {"key": "k3", "kind": "check", "task_id": "y", "ago_s": "z"}).json()
    assert not late["done"]
    body = json.dumps({"points": places(3)})
    assert client.post("/field/positions", body, content_type="application/json").json() == {"new": 3}
    for broken in ("{", "[]", '{"points": 1}', '{"points": [1]}'):
        answer = client.post("/field/positions", broken, content_type="application/json")
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
