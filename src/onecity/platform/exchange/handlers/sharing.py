"""What sharing does when something happens: cases that end or are late, runs that finish, grants that change."""

from onecity.kernel import bus, clock
from onecity.platform.cases import events as cases
from onecity.platform.exchange import events
from onecity.platform.exchange.services.sharing import following, watching
from onecity.platform.exchange.services.sharing.asking import CASE_TYPE


def on_light_changed(payload: bus.Payload) -> None:
    """Report a request that its provider has not answered in time."""
    if payload["type_code"] == CASE_TYPE and payload["light"] == "red":
        watching.escalate_request(case_id=int(str(payload["case_id"])), now=clock.city_now())


def on_case_closed(payload: bus.Payload) -> None:
    """Tell whoever asked how the request was decided."""
    if payload["type_code"] == CASE_TYPE:
        following.tell_of_decision(case_id=int(str(payload["case_id"])), now=clock.city_now())


def on_run_finished(payload: bus.Payload) -> None:
    """Leave the receipt of a push."""
    if payload["grant_code"]:
        following.note_run(run_id=int(str(payload["run_id"])), grant_code=str(payload["grant_code"]))


def subscribe() -> None:
    """Enter the subscriptions, once for each process."""
    bus.subscribe(cases.LIGHT_CHANGED, code="exchange.escalate_late_request", handler=on_light_changed)
    bus.subscribe(cases.CASE_CLOSED, code="exchange.tell_of_decision", handler=on_case_closed)
    bus.subscribe(events.RUN_FINISHED, code="exchange.note_push", handler=on_run_finished)
