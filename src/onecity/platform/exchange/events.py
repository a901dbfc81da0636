"""What exchange announces."""

from typing import Final

from onecity.kernel.bus import EventType

CORRECTION_ANSWERED: Final = EventType("exchange.correction_answered", ("correction_id", "dataset_id"))
CORRECTION_REPORTED: Final = EventType("exchange.correction_reported", ("correction_id", "dataset_id"))
ENTRY_PUBLISHED: Final = EventType("exchange.entry_published", ("dataset_id", "code", "version"))
ENTRY_RETURNED: Final = EventType("exchange.entry_returned", ("dataset_id", "version"))
ENTRY_SUBMITTED: Final = EventType("exchange.entry_submitted", ("dataset_id", "version"))
ENTRY_WITHDRAWN: Final = EventType("exchange.entry_withdrawn", ("dataset_id", "code"))
RUN_FINISHED: Final = EventType(
    "exchange.run_finished",
    ("run_id", "flow_code", "dataset_code", "source_dataset_code", "grant_code", "landed", "refused", "ended_at"),
)
RUN_FAILED: Final = EventType("exchange.run_failed", ("run_id", "flow_code", "dataset_code", "grant_code", "error"))
GRANT_CHANGED: Final = EventType(
    "exchange.grant_changed", ("code", "kind", "dataset_code", "provider_id", "organisation_id", "at")
)
