"""Where this installation's own processes meet."""

import hashlib
import os
from pathlib import Path


def supervisor_socket(state: Path) -> Path:
    """Return the socket of this checkout's supervisor; short, because unix sockets need a short path."""
    mark = hashlib.sha256(str(state).encode()).hexdigest()[:10]
    return Path(f"/tmp/onecity-supervisor-{os.geteuid()}-{mark}.sock")  # noqa: S108  # mode 0700
