"""What every page has in common: rules of access, errors, headers, languages."""

import json
from http import HTTPStatus

import pytest
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from onecity.platform.identity.models import AuditEntry
from onecity.platform.identity.tests.factories import make_actor, open_session
from onecity.web.figures import schema_is_current
from onecity.web.http import client_address

pytestmark = [pytest.mark.django_db, pytest.mark.urls("onecity.web.tests.urls")]


def signed_in_with(*permissions: str) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(make_actor(*permissions, everywhere=True).account_id)
    return client


def test_view_without_a_rule_is_refused_even_to_an_administrator() -> None:
    assert signed_in_with("identity.manage_system").get("/without-rule").status_code == HTTPStatus.FORBIDDEN


def test_stranger_is_led_to_the_door_and_back() -> None:
    answer = Client().get("/members?page=2")
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.headers["Location"] == "/sign-in?next=%2Fmembers%3Fpage%3D2"


def test_fragment_of_an_ended_session_sends_the_whole_page_to_the_door() -> None:
    answer = Client().get("/members", headers={"HX-Request": "true"})
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


def test_member_without_the_permission_is_refused_and_the_refusal_is_audited() -> None:
    assert signed_in_with().get("/auditors").status_code == HTTPStatus.FORBIDDEN
    assert AuditEntry.objects.filter(action="identity.refused", details__path="/auditors").count() == 1


def test_holder_of_the_permission_passes() -> None:
    assert signed_in_with("identity.read_audit").get("/auditors").content == b"welcome"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("invalid", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("absent", HTTPStatus.NOT_FOUND),
        ("forbidden", HTTPStatus.FORBIDDEN),
        ("conflict", HTTPStatus.CONFLICT),
        ("away", HTTPStatus.SERVICE_UNAVAILABLE),
    ],
)
def test_each_kind_of_error_has_its_status_on_pages_and_interfaces(kind: str, status: HTTPStatus) -> None:
    page = Client().get(f"/failing/{kind}")
    assert page.status_code == status
    assert "text/html" in page.headers["Content-Type"]
    answer = Client().get(f"/api/test/failing/{kind}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert problem["status"] == status
    assert problem["type"].startswith("urn:onecity:error:")
    assert problem["request_id"] == answer.headers["X-Request-ID"]


def test_problem_names_the_fields_at_fault() -> None:
    problem = json.loads(Client().get("/api/test/failing/invalid").content)
    assert problem["errors"] == {"name": "名称不能为空"}


def test_malformed_parameter_is_a_problem_with_its_name() -> None:
    answer = Client().get("/api/test/open?size=many")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "size" in json.loads(answer.content)["errors"]


def test_interface_asks_strangers_for_a_token() -> None:
    answer = Client().get("/api/test/closed")
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_fault_of_ours_shows_no_trace_of_itself() -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/broken")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "a secret of the house" not in answer.content.decode()
    assert answer.headers["X-Request-ID"] in answer.content.decode()


def test_unknown_address_is_a_page() -> None:
    answer = Client().get("/nowhere")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "没有这个页面" in answer.content.decode()


def test_every_answer_carries_the_guarding_headers() -> None:
    answer = Client().get("/rows")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_form_without_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in", {"username": "a", "password": "b"}).status_code == HTTPStatus.FORBIDDEN


def test_language_is_chinese_until_english_is_chosen() -> None:
    client = Client()
    assert "查询" in client.get("/rows").content.decode()
    answer = client.post("/language", {"language": "en", "next": "/rows"})
    assert answer.headers["Location"] == "/rows"
    page = client.get("/rows")
    assert "Next page" in page.content.decode()
    assert page.headers["Content-Language"] == "en"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_language_switch_never_leads_to_another_site(elsewhere: str) -> None:
    assert Client().post("/language", {"language": "en", "next": elsewhere}).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("", 0, "10.0.0.1"),
        ("203.0.113.9", 0, "10.0.0.1"),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", 2, "198.51.100.1"),
        ("203.0.113.9", 2, "10.0.0.1"),
    ],
)
def test_only_trusted_proxies_may_name_the_client(forwarded: str, proxies: int, expected: str) -> None:
    assert client_address(forwarded, direct="10.0.0.1", trusted_proxies=proxies) == expected


def test_health_is_public_and_figures_are_not() -> None:
    assert Client().get("/healthz").content == b"ok\n"
    assert Client().get("/readyz").status_code == HTTPStatus.OK
    assert Client().get("/metrics").status_code == HTTPStatus.FOUND
    figures = signed_in_with("identity.observe_system").get("/metrics").content
    assert b"python_info" in figures
    for gauge in (b"onecity_jobs_waiting ", b"onecity_identity_unsealed ", b"onecity_iot_quarantined 0.0"):
        assert gauge in figures


def test_process_before_its_migrations_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("cases", False)])
    schema_is_current.cache_clear()
    answer = Client().get("/readyz")
    schema_is_current.cache_clear()
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
