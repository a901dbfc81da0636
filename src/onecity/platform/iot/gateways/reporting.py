"""What a gateway does on the side, in a thread of its own: report, write who was heard of, look for orders."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import psycopg
from django.db import DatabaseError, connection

from onecity.kernel import clock
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.services.gateways import report, stopped
from onecity.platform.iot.services.presence import Presence

REPORT_EVERY: Final = 4  # rounds
ROUND_S: Final = 0.5
logger = logging.getLogger(__name__)


class Reported(NamedTuple):
    """What a process reports of one protocol."""

    protocol: str
    listens: str
    counters: Counters

    @property
    def name(self) -> str:
        """Name of the gateway: protocol, machine and process."""
        return f"{self.protocol}@{socket.gethostname()}:{os.getpid()}"[:80]


class Reporter(threading.Thread):
    """Reports every two seconds and does the gateway's errands every half second, whatever the traffic."""

    def __init__(
        self, reported: Sequence[Reported], *, presence: Presence, errands: Sequence[Callable[[], None]]
    ) -> None:
        super().__init__(name="reporter", daemon=True)
        self._reported = reported
        self._presence = presence
        self._errands = errands
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Report for the last time and end."""
        self._stopping.set()
        self.join(timeout=5)

    def run(self) -> None:
        """Go round until asked to stop; a database that is away is waited for."""
        started = clock.real_now()
        turn = 0
        while not self._stopping.is_set():
            try:
                self._presence.flush(clock.city_now())
                for errand in self._errands:
                    errand()
                if turn % REPORT_EVERY == 0:
                    self._report(started)
            except (DatabaseError, psycopg.Error) as error:
                logger.warning("the gateway could not report: %s", error)
                connection.close()
            turn += 1
            self._stopping.wait(ROUND_S)
        self._say_goodbye()

    def _report(self, started: datetime) -> None:
        for item in self._reported:
            report(
                item.name,
                protocol=item.protocol,
                listens=item.listens,
                started=started,
                now=clock.real_now(),
                figures=item.counters.figures(),
            )

    def _say_goodbye(self) -> None:
        try:
            self._presence.flush(clock.city_now())
            for item in self._reported:
                stopped(item.name, now=clock.real_now(), figures=item.counters.figures())
        except (DatabaseError, psycopg.Error):
            logger.warning("the gateway could not report that it stopped")
        finally:
            connection.close()
