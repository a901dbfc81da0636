"""Field units that upload eight factors a minute, and the same number of rows by bare COPY."""

from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Final, Self

import numpy as np
import psycopg
from django.db import connection

from benchmarks.gateway_process import GatewayProcess, make_devices
from benchmarks.senders import exchange, open_lines
from onecity.platform.iot.codecs.hj212 import crc16
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Datastream
from onecity.platform.iot.rules.instants import SECOND, micros
from onecity.platform.iot.services.store.wire import COPY, copy_rows

DEVICES: Final = 1_000
LINES: Final = 50
FACTORS: Final = ("a34004", "a34002", "a21026", "a21004", "a21005", "a05024", "a01001", "a01002")
_BEIJING: Final = timedelta(hours=8)


class TcpBench:
    """One gateway, its units, and a table. minutes: uploads of each unit in a turn."""

    def __init__(self, *, minutes: int) -> None:
        self._minutes = minutes
        self._at = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)

    def __enter__(self) -> Self:
        self._keys = make_devices(DEVICES, prefix="BENCH", protocol=Protocol.HJ212)
        self._gateway = GatewayProcess(
            "hj212", "--host", "127.0.0.1", "--port", "0",
            settings={"ONECITY_HJ212_FRAMES_PER_SECOND": "1000000", "ONECITY_HJ212_PER_ADDRESS": "1000"},
        )  # fmt: skip
        self._lines = open_lines(self._gateway.port, LINES)
        self._upload(minutes=2)  # makes datastreams and the day's partition
        self._streams = np.array(Datastream.objects.order_by("id").values_list("id", flat=True), np.int32)
        assert len(self._streams) == DEVICES * len(FACTORS)
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.close()
        self._gateway.stop()

    def through_the_gateway(self) -> float:
        """Return observations a second, from the first byte sent to the last answer heard."""
        seconds = self._upload(minutes=self._minutes)
        return self._minutes * DEVICES * len(FACTORS) / seconds

    def raw_copy(self) -> float:
        """Return rows a second of one COPY in one transaction, to the end of its commit."""
        first = micros(self._at)
        self._at += timedelta(minutes=self._minutes)
        count = len(self._streams)
        at = np.repeat(first + np.arange(self._minutes, dtype=np.int64) * 60 * SECOND, count)
        stream = np.tile(self._streams, self._minutes)
        values = np.random.default_rng(7).random(len(at)) * 100
        rows = copy_rows(stream, at, values, np.full(len(at), ord("N"), np.uint8), received=first)
        with psycopg.connect(**_address()) as server:
            began = perf_counter()
            with server.cursor() as cursor, cursor.copy(COPY) as copy:
                copy.write(rows)
            server.commit()
            return len(at) / (perf_counter() - began)

    def _upload(self, *, minutes: int) -> float:
        each = DEVICES // LINES
        loads = []
        for line in range(LINES):
            keys = self._keys[line * each : (line + 1) * each]
            loads.append(b"".join(_frame(key, self._at + timedelta(minutes=n)) for n in range(minutes) for key in keys))
        self._at += timedelta(minutes=minutes)
        return exchange(self._lines, loads, due=[each * minutes] * LINES, count=lambda data: data.count(b"\r\n"))


def _frame(key: str, at: datetime) -> bytes:
    local = f"{at + _BEIJING:%Y%m%d%H%M%S}"
    seed = at.minute + len(key)
    values = ";".join(
        f"{code}-Rtd={(seed * 7 + number * 13) % 900 / 10:.1f},{code}-Flag=N" for number, code in enumerate(FACTORS)
    )
    segment = f"QN={local}000;ST=22;CN=2011;PW=123456;MN={key};Flag=5;CP=&&DataTime={local};{values}&&".encode()
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc16(segment))


def _address() -> dict[str, str]:
    known = connection.settings_dict
    return {"host": known["HOST"], "user": known["USER"], "password": known["PASSWORD"], "dbname": known["NAME"]}
