"""The only functions that others may call."""

from onecity.platform.jobs.selectors import run, runs
from onecity.platform.jobs.services.runs import Cancelled, cancel, start

__all__ = ["Cancelled", "cancel", "run", "runs", "start"]
