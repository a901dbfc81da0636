"""Pages of application maintenance and evaluation: drafts, weights, months, rows behind figures, the report."""

from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from onecity.domains.urban_management.classification import GB_SCHEME
from onecity.domains.urban_management.forms import WeightForm
from onecity.domains.urban_management.models import EvaluationResult, StandardEdition, WeightEdition
from onecity.domains.urban_management.rules.evaluation import FIRST_SCALE
from onecity.domains.urban_management.services.evaluating import evaluate
from onecity.domains.urban_management.services.judging import repeat_rule
from onecity.domains.urban_management.tests.factories import DUST, Offices
from onecity.domains.urban_management.tests.test_measures import a_busy_month
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date, city_now
from onecity.platform.identity.tests.factories import open_session

pytestmark = pytest.mark.django_db


def client_of(actor: Actor) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


@pytest.fixture
def leader(offices: Offices) -> Client:
    """The duty leader's browser."""
    return client_of(offices.leader)


def test_standard_is_drafted_changed_and_published_on_its_pages(leader: Client, offices: Offices) -> None:
    assert "还没有自行编制的版次" in leader.get("/urban/standards").content.decode()
    made = leader.post("/urban/standards", {"scheme_code": GB_SCHEME, "note": "从严"})
    draft = StandardEdition.objects.get()
    page = f"/urban/standards/{draft.id}"
    assert made.headers["Location"] == page
    again = leader.post("/urban/standards", {"scheme_code": GB_SCHEME})
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    shown = leader.get(page, {"q": "E0304"}).content.decode()
    assert DUST in shown
    assert "C0101" not in shown
    line = {"code": DUST, "name": "工地扬尘", "limit": "1", "unit": "urgent_hour", "closing": "路面湿润"}
    assert leader.post(f"{page}/line", line).status_code == HTTPStatus.FOUND
    bad = leader.post(f"{page}/line", {**line, "limit": "0"})
    assert bad.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    leader.post(f"{page}/remove", {"code": "E0303"})
    assert "没有符合的条目" in leader.get(page, {"q": "E0303"}).content.decode()
    past = leader.post(f"{page}/publish", {"effective_from": "2020-01-01"})
    assert past.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert leader.post(f"{page}/publish", {"effective_from": ""}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    leader.post(f"{page}/publish", {"effective_from": city_date(city_now()).isoformat()})
    draft.refresh_from_db()
    assert (draft.status, draft.edition) == ("published", 2)
    assert "执行中" in leader.get("/urban/standards").content.decode()
    assert "增加或修改条目" not in leader.get(page).content.decode()
    tomorrow = city_date(city_now()) + timedelta(days=1)
    leader.post("/urban/standards", {"scheme_code": GB_SCHEME})
    following = StandardEdition.objects.get(status="draft")
    leader.post(f"/urban/standards/{following.id}/publish", {"effective_from": tomorrow.isoformat()})
    leader.post("/urban/standards", {"scheme_code": GB_SCHEME})
    dropped = StandardEdition.objects.get(status="draft")
    leader.post(f"/urban/standards/{dropped.id}/drop")
    assert not StandardEdition.objects.filter(status="draft").exists()
    assert client_of(offices.acceptor).get("/urban/standards").status_code == HTTPStatus.FORBIDDEN


def test_rule_of_repetition_is_set_on_the_page(leader: Client) -> None:
    assert leader.post("/urban/standards/repeats", {"metres": "20", "hours": "12"}).status_code == HTTPStatus.FOUND
    assert repeat_rule(at=city_now()).metres == 20
    refused = leader.post("/urban/standards/repeats", {"metres": "-1", "hours": "12"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_weights_are_published_on_their_page(leader: Client) -> None:
    form = WeightForm(scale=FIRST_SCALE)
    month = f"{city_now():%Y-%m}"
    given = {name: str(form.get_initial_for_field(field, name) or 0) for name, field in form.fields.items()}
    given |= {"effective_from": month, "note": "第一版"}
    assert leader.get("/urban/evaluations/weights").status_code == HTTPStatus.OK
    low = leader.post("/urban/evaluations/weights", {**given, "good": "99"})
    assert low.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert leader.post("/urban/evaluations/weights", given).status_code == HTTPStatus.FOUND
    assert WeightEdition.objects.get().weights["department"]["intime_dispose_rate"] == 60
    assert "第一版" in leader.get("/urban/evaluations/weights").content.decode()


def test_month_is_evaluated_looked_into_and_printed(leader: Client, offices: Offices, now: datetime) -> None:
    a_busy_month(offices, now)
    run_id = evaluate(offices.centre.id, month=city_date(now), now=now + timedelta(days=20), by="account:1")
    listed = leader.get("/urban/evaluations").content.decode()
    assert f"/urban/evaluations/{run_id}" in listed
    started = leader.post("/urban/evaluations", {"organisation_id": offices.centre.id, "month": "2026-03"})
    assert started.headers["Location"] == "/jobs/1"
    future = leader.post("/urban/evaluations", {"organisation_id": offices.centre.id, "month": "2199-01"})
    assert future.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = f"/urban/evaluations/{run_id}"
    assert "生态环境局" in leader.get(page).content.decode()
    for kind, level in (("region", "9"), ("region", "15"), ("post", "dispatcher"), ("supervisor", "")):
        assert leader.get(page, {"kind": kind, "level": level}).status_code == HTTPStatus.OK
    for wrong in ({"kind": "planet"}, {"kind": "region", "level": "7"}):
        assert leader.get(page, wrong).status_code == HTTPStatus.NOT_FOUND
    bureau = EvaluationResult.objects.get(run_id=run_id, kind="department", key=str(offices.bureau.id))
    rows = leader.get(f"{page}/{bureau.id}/handle_due").content.decode()
    assert "/cases/" in rows
    exported = leader.get(f"{page}/{bureau.id}/handle_due", {"format": "csv"})
    assert exported.status_code == HTTPStatus.OK
    assert leader.get(f"{page}/{bureau.id}/nothing").status_code == HTTPStatus.NOT_FOUND
    printed = leader.get(f"{page}/report.pdf")
    assert printed.headers["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")
    assert client_of(offices.acceptor).get(page).status_code == HTTPStatus.FORBIDDEN
