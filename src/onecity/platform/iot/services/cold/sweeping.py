"""Takes away files that belong to no day: left by a process that was killed, or followed by newer ones."""

import time
from typing import Final

from onecity.platform.iot.models import ClosedDay
from onecity.platform.iot.selectors.cold import cold_folder

GRACE_S: Final = 3_600.0
"""A question that began with the old list of files, and a file that is being written, are over by then."""


def sweep(*, grace_s: float = GRACE_S) -> int:
    """Remove such files; returns how many. grace_s: real seconds since they were last written."""
    folder = cold_folder()
    if not folder.is_dir():
        return 0
    before = time.time() - grace_s
    old = [path for path in folder.glob("*/*/observations-*.parquet") if path.stat().st_mtime < before]
    named = {file["name"] for files in ClosedDay.objects.values_list("files", flat=True) for file in files}
    gone = [path for path in old if str(path.relative_to(folder)) not in named]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
