"""What tests of other modules need of jobs: rows of runs, and the progress that nobody watches."""

from onecity.platform.jobs.models import Run
from onecity.platform.jobs.services.runs import Cancelled, Unwatched

__all__ = ["Cancelled", "Run", "Unwatched"]
