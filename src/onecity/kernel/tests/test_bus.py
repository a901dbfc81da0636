import pytest

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.bus import EventType, Payload, Subscription

RAISED = EventType(code="iot.alarm_raised", fields=("alarm_id",))
CLEARED = EventType(code="iot.alarm_cleared", fields=("alarm_id",))


class Outbox:
    """Keeps what is announced, as the real sink does in its table."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Payload, list[str]]] = []
        self.jobs: list[tuple[str, Payload]] = []

    def event(self, event: EventType, payload: Payload, subscriptions: tuple[Subscription, ...]) -> None:
        self.events.append((event.code, payload, [item.code for item in subscriptions]))

    def job(self, code: str, arguments: Payload) -> None:
        self.jobs.append((code, arguments))

    def watched_job(self, actor: Actor, code: str, title: str, arguments: Payload) -> str:
        self.jobs.append((code, arguments))
        return f"/watched/{actor.key}/{title}"


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> Outbox:
    monkeypatch.setattr(bus, "_subscriptions", {})
    monkeypatch.setattr(bus, "_sink", [])
    outbox = Outbox()
    bus.install(outbox)
    return outbox


def handle(payload: Payload) -> None:
    """Do nothing; the sink calls handlers, not the bus."""


def test_event_reaches_the_sink_with_those_who_listen(outbox: Outbox) -> None:
    bus.subscribe(RAISED, code="cases.open_on_alarm", handler=handle)
    bus.subscribe(CLEARED, code="cases.note_clearing", handler=handle)
    bus.announce(RAISED, alarm_id=7)
    assert outbox.events == [("iot.alarm_raised", {"alarm_id": 7}, ["cases.open_on_alarm"])]


def test_event_that_nobody_hears_is_not_written(outbox: Outbox) -> None:
    bus.announce(RAISED, alarm_id=7)
    assert outbox.events == []


@pytest.mark.parametrize("payload", [{}, {"alarm": 7}, {"alarm_id": 7, "more": 1}])
def test_event_has_exactly_its_fields(outbox: Outbox, payload: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="alarm_id"):
        bus.announce(RAISED, **payload)
    assert outbox.events == []


def test_job_reaches_the_sink(outbox: Outbox) -> None:
    bus.defer("indicators.compute", day="2026-03-01")
    assert outbox.jobs == [("indicators.compute", {"day": "2026-03-01"})]


def test_subscription_is_found_by_its_code_and_taken_once(outbox: Outbox) -> None:
    bus.subscribe(RAISED, code="cases.open_on_alarm", handler=handle)
    found = bus.subscription("cases.open_on_alarm")
    assert found is not None
    assert found.event is RAISED
    assert bus.subscriptions() == (found,)
    assert bus.subscription("cases.other") is None
    with pytest.raises(ValueError, match="exists already"):
        bus.subscribe(CLEARED, code="cases.open_on_alarm", handler=handle)


def test_last_sink_wins(outbox: Outbox) -> None:
    later = Outbox()
    bus.install(later)
    bus.defer("indicators.compute")
    assert (outbox.jobs, later.jobs) == ([], [("indicators.compute", {})])


def test_announcement_without_a_sink_is_an_error(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "_sink", [])
    with pytest.raises(RuntimeError, match="no event sink"):
        bus.defer("indicators.compute")


def test_watched_job_leads_to_the_page_that_shows_it(outbox: Outbox) -> None:
    actor = Actor("account", 7)
    assert bus.begin(actor, code="cases.recount", title="重新统计", year=2026) == "/watched/account:7/重新统计"
    assert outbox.jobs == [("cases.recount", {"year": 2026})]
