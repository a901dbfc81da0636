"""The audit administrator's pages of the trail."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.platform.identity.models import AuditEntry
from onecity.platform.identity.selectors.trail import TrailQuery, trail
from onecity.platform.identity.services.audit import record, seal_pending
from onecity.platform.identity.services.verification import JOB, run_verification
from onecity.platform.identity.tests.factories import make_account, plain_actor
from onecity.platform.identity.tests.visiting import administrator, body, client_of

pytestmark = pytest.mark.django_db


class Heedless:
    """A progress that nobody watches."""

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Take the report."""


@pytest.fixture
def desk() -> Client:
    return administrator("audit")[1]


def rows_of(page: str) -> str:
    return page.split('id="listing-rows"')[1]


def write(action: str, *, target: str = "", outcome: str = "done", actor: Actor | None = None) -> AuditEntry:
    record(actor or system_actor("test"), action=action, target=target, outcome=outcome, details={"why": "说明"})
    return AuditEntry.objects.latest("id")


def test_entries_are_listed_newest_first(desk: Client) -> None:
    write("sample.first")
    write("sample.second")
    page = body(desk, "/audit")
    assert page.index("sample.second") < page.index("sample.first")


def test_entries_are_found_by_action_target_and_outcome(desk: Client) -> None:
    write("sample.open", target="sample.thing:1")
    write("sample.close", target="sample.thing:2", outcome="refused")
    for query, seen, hidden in (
        ("action=sample.op", "sample.open", "sample.close"),
        ("target=sample.thing:2", "sample.close", "sample.open"),
        ("outcome=refused", "sample.close", "sample.open"),
    ):
        rows = rows_of(body(desk, f"/audit?{query}"))
        assert seen in rows, query
        assert hidden not in rows, query
    assert "没有符合条件的审计记录" in body(desk, "/audit?action=nothing.")


@pytest.mark.parametrize("named", ["login", "key", "name"])
def test_entries_are_found_by_who_acted(desk: Client, named: str) -> None:
    account = make_account("li.si")
    actor = Actor("account", account.id, "欧阳修", None, {})
    type(account).objects.filter(id=account.id).update(full_name="欧阳修")
    write("sample.mine", actor=actor)
    write("sample.other")
    text = {"login": "li.si", "key": f"account:{account.id}", "name": "欧阳修"}[named]
    rows = rows_of(body(desk, f"/audit?actor={text}"))
    assert "sample.mine" in rows
    assert "sample.other" not in rows


def test_entries_are_found_by_day_and_both_days_count(desk: Client) -> None:
    write("sample.today")
    today = clock.city_date(clock.real_now())
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    assert "sample.today" in rows_of(body(desk, f"/audit?from={today}&to={today}"))
    assert "sample.today" not in rows_of(body(desk, f"/audit?from={tomorrow}"))
    assert "sample.today" not in rows_of(body(desk, f"/audit?to={yesterday}"))


def test_list_goes_on_where_the_page_ended(desk: Client) -> None:
    for number in range(3):
        write(f"sample.number{number}")
    first = body(desk, "/audit?action=sample.&size=2")
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = rows_of(body(desk, "/audit" + following[1].replace("&amp;", "&")))
    assert "sample.number0" in second
    assert "sample.number1" not in second


def test_list_costs_the_same_for_many_entries(desk: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            body(desk, "/audit")
        return len(captured)

    few = queries()
    for _ in range(15):
        write("sample.more")
    assert queries() == few


def test_export_holds_what_the_list_shows(desk: Client) -> None:
    write("sample.open", target="sample.thing:1")
    text = desk.get("/audit?format=csv&action=sample.").getvalue().decode("utf-8-sig")
    assert "sample.thing:1" in text


def test_fragment_holds_the_rows_alone() -> None:
    part = body(client_of(administrator("audit")[0], fragment=True), "/audit")
    assert "<html" not in part
    assert "立即核验" not in part


def test_entry_shows_its_details_and_its_place_in_the_chain(desk: Client) -> None:
    entry = write("sample.open", target="sample.thing:1")
    assert "待封存" in body(desk, f"/audit/{entry.id}")
    seal_pending()
    page = body(desk, f"/audit/{entry.id}")
    assert "说明" in page
    assert re.search(r'class="digest">[0-9a-f]{64}<', page)
    body(desk, "/audit/999999999", status=HTTPStatus.NOT_FOUND)


def test_details_cannot_bring_markup_into_the_page(desk: Client) -> None:
    record(system_actor("test"), action="sample.open", details={"why": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in body(desk, f"/audit/{AuditEntry.objects.latest('id').id}")


def test_state_of_the_chain_is_shown(desk: Client) -> None:
    write("sample.open")
    page = body(desk, "/audit")
    assert "尚未核验" in page
    seal_pending()
    result = run_verification(Heedless(), {})
    assert result["结论"] == "完整"
    assert "完整" in body(desk, "/audit")


def test_broken_chain_is_shown_as_such(desk: Client) -> None:
    entry = write("sample.open")
    seal_pending()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE identity_auditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE identity_auditentry SET action = 'sample.forged' WHERE id = %s", [entry.id])
        cursor.execute("ALTER TABLE identity_auditentry ENABLE TRIGGER USER")
    run_verification(Heedless(), {})
    assert "已被破坏" in body(desk, "/audit")


def test_verification_is_asked_for_and_leads_to_its_progress() -> None:
    actor, client = administrator("audit")
    answer = client.post("/audit/verify")
    assert answer.status_code == HTTPStatus.FOUND
    page = body(client, answer.headers["Location"])
    assert "核验审计记录" in page
    started = AuditEntry.objects.get(action="jobs.start")
    assert (started.actor, started.details["job"]) == (actor.key, JOB)
    assert client.get("/audit/verify").status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("power", ["system", "security"])
def test_other_administrators_do_not_reach_the_trail(power: str) -> None:
    entry, client = write("sample.open"), client_of(administrator(power)[0])
    for url in ("/audit", f"/audit/{entry.id}", "/audit?format=csv"):
        body(client, url, status=HTTPStatus.FORBIDDEN)
    assert client.post("/audit/verify").status_code == HTTPStatus.FORBIDDEN
    assert not AuditEntry.objects.filter(action="jobs.start").exists()


def test_selectors_give_nothing_without_the_right() -> None:
    write("sample.open")
    assert list(trail(plain_actor(), TrailQuery()).rows) == []
