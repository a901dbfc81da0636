"""What exchange announces."""

from typing import Final

from onecity.kernel.bus import EventType

RUN_FINISHED: Final = EventType(
    "exchange.run_finished", ("run_id", "flow_code", "dataset_code", "grant_code", "landed", "refused", "ended_at")
)
RUN_FAILED: Final = EventType("exchange.run_failed", ("run_id", "flow_code", "dataset_code", "grant_code", "error"))
GRANT_CHANGED: Final = EventType(
    "exchange.grant_changed", ("code", "kind", "dataset_code", "provider_id", "organisation_id", "at")
)
