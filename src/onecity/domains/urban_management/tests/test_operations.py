"""The interface for other systems: one reference, one case; nobody else's reports."""

from typing import Any

import pytest
from django.test import Client

from onecity.domains.urban_management.tests.factories import INSIDE, Offices
from onecity.kernel.actor import system_actor
from onecity.platform.cases.api import cases
from onecity.platform.identity.tests.factories import make_actor, open_session

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
REPORT: dict[str, Any] = {
    "reference": "12345-20260310-0001",
    "description": "路面积水",
    "longitude": INSIDE[0],
    "latitude": INSIDE[1],
    "reporter_phone": "13912345678",
}


def caller(*permissions: str) -> Client:
    client = Client(enforce_csrf_checks=False)
    client.cookies["onecity_session"] = open_session(make_actor(*permissions, everywhere=True).account_id)
    return client


def send(client: Client, **facts: object) -> Any:
    return client.post("/api/urban/reports", {**REPORT, **facts}, content_type="application/json")


def test_report_is_opened_once_by_its_reference(offices: Offices) -> None:
    client = caller("urban_management.submit")
    first, second = send(client), send(client)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["number"] == second.json()["number"]
    assert send(client, reference="12345-20260310-0002").status_code == 201
    assert len(cases(SYSTEM).rows) == 2


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"longitude": 200}, "longitude"),
        ({"description": ""}, "description"),
        ({"source": "urban_management.patrol"}, "source"),
        ({"class_code": "E03"}, "class_code"),
    ],
)
def test_wrong_report_is_refused_by_its_field(offices: Offices, facts: dict[str, Any], field: str) -> None:
    answer = send(caller("urban_management.submit"), **facts)
    assert answer.status_code == 422
    assert any(field in name for name in answer.json()["errors"])


def test_without_the_right_nothing_is_taken(offices: Offices) -> None:
    assert send(caller("cases.view")).status_code == 403
    assert send(Client()).status_code == 401


def test_progress_is_told_to_who_handed_it_in_and_to_nobody_else(offices: Offices) -> None:
    client, other = caller("urban_management.submit"), caller("urban_management.submit")
    number = send(client).json()["number"]
    told = client.get(f"/api/urban/reports/{number}").json()
    assert (told["status"], told["stages"][1]) == ("open", {"name": "案卷建立", "state": "now"})
    assert [item["name"] for item in told["answers"]] == ["已收到您反映的问题"]
    assert "139" not in str(told)
    assert other.get(f"/api/urban/reports/{number}").status_code == 404
    assert client.get(f"/api/urban/reports/{'2' * 19}").status_code == 404
