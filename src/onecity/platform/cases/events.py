"""What cases tell the modules above."""

from typing import Final

from onecity.kernel.bus import EventType

CASE_OPENED: Final = EventType(
    "cases.case_opened",
    ("case_id", "number", "type_code", "source_code", "origin", "organisation_id", "division_code", "at"),
)
TASK_OPENED: Final = EventType(
    "cases.task_opened",
    ("case_id", "task_id", "type_code", "node", "post", "organisation_id", "division_code", "due_at", "at"),
)
TASK_COMPLETED: Final = EventType(
    "cases.task_completed", ("case_id", "task_id", "type_code", "node", "outcome", "handler_id", "at")
)
CASE_CLOSED: Final = EventType(
    "cases.case_closed", ("case_id", "number", "type_code", "status", "light", "origin", "organisation_id", "at")
)
CASE_MERGED: Final = EventType("cases.case_merged", ("case_id", "into_id", "type_code", "at"))
LIGHT_CHANGED: Final = EventType(
    "cases.light_changed", ("case_id", "task_id", "type_code", "light", "organisation_id", "division_code", "at")
)
CASE_REOPENED: Final = EventType("cases.case_reopened", ("case_id", "number", "type_code", "at"))
CASE_MOVED: Final = EventType(
    "cases.case_moved", ("case_id", "number", "type_code", "from_version", "to_version", "at")
)
CARD_ISSUED: Final = EventType(
    "cases.card_issued", ("case_id", "card_id", "task_id", "type_code", "level", "organisation_id", "at")
)
CARD_DECIDED: Final = EventType("cases.card_decided", ("case_id", "card_id", "state", "at"))
REQUEST_MADE: Final = EventType(
    "cases.request_made", ("case_id", "number", "request_id", "type_code", "kind", "task_id", "at")
)
REQUEST_DECIDED: Final = EventType(
    "cases.request_decided", ("case_id", "number", "request_id", "type_code", "kind", "state", "task_id", "at")
)
