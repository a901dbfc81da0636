"""Tells every process that keeps devices in memory what changed, with the commit of the change."""

import select
import threading
import time
from collections.abc import Callable
from typing import Final

import psycopg
from django.db import connection

CHANNEL: Final = "iot_changed"
_PAUSE_S: Final = 0.5
EVERYTHING: Final = ""


def tell_changed(*device_keys: str) -> None:
    """Announce devices that changed; call it inside the change's transaction."""
    with connection.cursor() as cursor:
        for key in device_keys:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, key])


class ChangeListener(threading.Thread):
    """Calls back with the key of each device that changed, within a second; with EVERYTHING after a lost connection."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        super().__init__(name="changes", daemon=True)
        self._heard = heard
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self.join(timeout=5)

    def run(self) -> None:
        """Listen until asked to stop, connecting again whenever the database was away."""
        while not self._stopping.is_set():
            try:
                self._listen()
            except (psycopg.Error, OSError):
                time.sleep(_PAUSE_S)

    def _listen(self) -> None:
        settings = {**connection.get_connection_params(), "autocommit": True}
        settings.pop("cursor_factory", None)
        settings.pop("context", None)
        settings.pop("prepare_threshold", None)
        with psycopg.connect(**settings) as listening:
            listening.execute(f"LISTEN {CHANNEL}")
            self._heard(EVERYTHING)
            while not self._stopping.is_set():
                readable, _, _ = select.select([listening.fileno()], [], [], _PAUSE_S)
                if readable:
                    for notice in listening.notifies(timeout=0):
                        self._heard(notice.payload)
