"""What the catalogue does when something happens: runs that bring new data."""

from datetime import datetime

from onecity.kernel import bus, clock
from onecity.platform.exchange import events
from onecity.platform.exchange.selectors.catalogue import published_version
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset
from onecity.platform.exchange.services.catalogue.freshness import note_data
from onecity.platform.exchange.services.catalogue.lineage import note_flow
from onecity.platform.exchange.services.catalogue.usage import note_use


def on_run_finished(payload: bus.Payload) -> None:
    """Note that a flow has brought a dataset's data, and from which, or, under a grant, that they were shared."""
    code, source = str(payload["dataset_code"]), str(payload["source_dataset_code"])
    if not code:
        return
    if source:
        note_flow(source, target_code=code, flow_code=str(payload["flow_code"]), now=clock.city_now())
    if not payload["grant_code"]:
        note_data(code, data_at=datetime.fromisoformat(str(payload["ended_at"])), now=clock.city_now())
        return
    try:
        version = published_version(code)
    except NoSuchDataset:
        return
    note_use(version.dataset_id, kind="shares", now=clock.city_now())


def subscribe() -> None:
    """Enter the subscriptions, once for each process."""
    bus.subscribe(events.RUN_FINISHED, code="exchange.note_new_data", handler=on_run_finished)
