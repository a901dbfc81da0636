"""Server-sent events from the web server as it runs, read with httpx: in order, resumed, ended with the right."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.gateways.harness import PATIENCE_S, until
from tests.gateways.telling import RIGHTS, Gauge, courier, settle
from tests.gateways.webs import web_server

from onecity.kernel import clock
from onecity.platform.identity.models import ApiClient, ApiToken
from onecity.platform.identity.tests.factories import Organisation, make_organisation, make_program
from onecity.platform.iot.models import FeedEntry, FeedHead, SubscriptionProgress
from onecity.platform.iot.services.store import recording
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = "/api/iot/v1/subscriptions"


@pytest.fixture
def office() -> Organisation:
    recording._own.__dict__.clear()
    return make_organisation("集成单位")


@pytest.fixture
def web(transactional_db: None) -> Iterator[httpx.Client]:
    """The web server, with a courier beside it."""
    with web_server() as address, courier(), httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
        yield client


def signed(web: httpx.Client, office: Organisation) -> dict[str, str]:
    return {"authorization": f"Bearer {make_program('应用', *RIGHTS, organisation=office)}"}


def subscribed(web: httpx.Client, headers: dict[str, str], *topics: str, **more: Any) -> str:
    given = {"name": "流", "channel": "sse", "topics": topics or ("readings",), **more}
    answer = web.post(ROOT, json=given, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["secret"] == ""
    return str(answer.json()["subscription"]["key"])


def heard(web: httpx.Client, key: str, headers: dict[str, str], *, number: int, after: str = "") -> list[Any]:
    """Return the next events of a stream, each as (id, event)."""
    found: list[Any] = []
    with web.stream("GET", f"{ROOT}/{key}/events", headers=headers, params={"after": after} if after else {}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in answer.iter_lines():
            kind, _, text = line.partition(": ")
            if kind == "id":
                name = text
            elif kind == "data":
                found.append((name, json.loads(text)))
                if len(found) == number:
                    break
    return found


def values(events: list[Any]) -> list[float]:
    return [event["data"]["value"] for _, event in events]


def test_stream_tells_what_waited_resumes_and_never_shows_anothers(web: httpx.Client, office: Organisation) -> None:
    headers = signed(web, office)
    key = subscribed(web, headers)
    mine, theirs = Gauge(make_device(organisation=office)), Gauge(make_device())
    theirs.read(99.0)
    mine.read(1.0, 2.0)
    mine.read(3.0)
    first = heard(web, key, headers, number=2)
    assert values(first) == [1.0, 2.0]
    assert [name for name, _ in first] == [event["id"] for _, event in first]
    again = heard(web, key, {**headers, "Last-Event-ID": first[0][0]}, number=2)
    assert values(again) == [2.0, 3.0]
    assert again[0] == first[1]
    mine.read(4.0)
    assert values(heard(web, key, headers, number=1, after=again[1][0])) == [4.0]
    stranger = signed(web, make_organisation("别处"))
    assert web.get(f"{ROOT}/{key}/events", headers=stranger).status_code == 404
    assert web.get(f"{ROOT}/{key}/events").status_code == 401
    wrong = web.get(f"{ROOT}/{key}/events", headers={**headers, "Last-Event-ID": "nonsense"})
    assert wrong.status_code == 422
    assert "after" in wrong.json()["errors"]
    ahead = web.get(f"{ROOT}/{key}/events", headers={**headers, "Last-Event-ID": "999999.0"})
    assert ahead.status_code == 422


def test_stream_goes_on_behind_what_it_told_and_ends_with_the_token(web: httpx.Client, office: Organisation) -> None:
    headers = signed(web, office)
    key = subscribed(web, headers)
    gauge = Gauge(make_device(organisation=office))
    gauge.read(1.0)
    with web.stream("GET", f"{ROOT}/{key}/events", headers=headers) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "retry: 2000"
        while "data" not in next(lines):
            pass
        ApiToken.objects.update(revoked_at=clock.real_now())
        assert not [line for line in lines if line.startswith("data")]  # the server ends the stream
    assert SubscriptionProgress.objects.get().events == 1
    ApiToken.objects.update(revoked_at=None)
    until(lambda: web.get(f"{ROOT}/{key}", headers=headers).status_code == 200)
    settle(1.0)  # a hot road remembers for half a second who was refused
    gauge.read(2.0)
    assert values(heard(web, key, headers, number=1)) == [2.0]
    ApiClient.objects.update(is_active=False)
    settle(1.0)
    assert web.get(f"{ROOT}/{key}/events", headers=headers).status_code == 401


def test_stream_says_what_it_cannot_tell_any_more(web: httpx.Client, office: Organisation) -> None:
    headers = signed(web, office)
    key = subscribed(web, headers)
    gauge = Gauge(make_device(organisation=office))
    gauge.read(1.0)
    gauge.read(2.0)
    heard(web, key, headers, number=2)
    FeedEntry.objects.filter(position=1).delete()
    FeedHead.objects.update(kept_from=2)
    settle(1.0)  # the web server looks at the feed's head a few times a second
    (_, gap), (_, event) = heard(web, key, {**headers, "Last-Event-ID": "0.5"}, number=2)
    assert (gap["type"], gap["data"]) == ("onecity.iot.gap", {"entries": 2})
    assert event["data"]["value"] == 2.0


def test_only_newest_are_told_to_who_asks_for_them_and_paused_streams_are_refused(
    web: httpx.Client, office: Organisation
) -> None:
    headers = signed(web, office)
    key = subscribed(web, headers, filter={"condition": "value > 1"})
    gauge = Gauge(make_device(organisation=office))
    gauge.read(2.0)
    heard(web, key, headers, number=1)
    with web.stream("GET", f"{ROOT}/{key}/events", headers=headers, params={"after": "newest"}) as answer:
        lines = answer.iter_lines()
        next(lines)
        gauge.read(0.5, 3.0)
        told = next(line for line in lines if line.startswith("data: "))
        assert json.loads(told.removeprefix("data: "))["data"]["value"] == 3.0
    assert web.post(f"{ROOT}/{key}/pause", headers=headers).json()["state"] == "paused"
    assert web.get(f"{ROOT}/{key}/events", headers=headers).status_code == 409
    hook = {"name": "回调", "channel": "webhook", "topics": ["readings"], "address": "https://app.example.cn/"}
    made = web.post(ROOT, json=hook, headers=headers).json()
    assert made["secret"].startswith("whs_")
    assert web.get(f"{ROOT}/{made['subscription']['key']}/events", headers=headers).status_code == 409
