"""Names of the queue's tasks and of its lanes."""

from typing import Final

HANDLE_TASK: Final = "jobs.handle"
RUN_TASK: Final = "jobs.run"
EVENTS_QUEUE: Final = "events"
WORK_QUEUE: Final = "work"
