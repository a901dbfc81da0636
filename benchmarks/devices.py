"""Devices: registering 600,000 from a list, then lists, search, counts and connecting for a restricted user.

Result names: devices_import, devices_list_p95, devices_search_p95, devices_count_p95, devices_connect.
"""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Final

from django.db import connection

from benchmarks.report import Result, progress
from benchmarks.turns import p95_ms, value_and_limit
from onecity.kernel.actor import Actor, organisation_key, system_actor
from onecity.platform.identity.api import NewOrganisation, create_organisation
from onecity.platform.iot.models import DeviceImport
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.selectors.devices import DeviceQuery, devices, state_counts
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.imports import ask_import, run_import

BUILDER: Final = system_actor("bench")
NOW: Final = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HOUSEHOLDS: Final = 600_000
QUICK: Final = 60_000
OFFICES: Final = 20
TIMES: Final = 60
STREETS: Final = (
    "人民大街",
    "解放大路",
    "自由大路",
    "西安大路",
    "亚泰大街",
    "卫星路",
    "南湖大路",
    "同志街",
    "重庆路",
    "红旗街",
)
HEADER: Final = ("设备标识", "设备名称", "设备类型", "接入协议", "机构编码", "所在网格", "经度", "纬度")
_PAGE: Final = """
    SELECT * FROM iot_device WHERE organisation_id = %s ORDER BY created_at DESC, id DESC LIMIT 21
"""
_PLAIN: Final = "CREATE TABLE bench_devices (a text, b text, c text, d text, e text, f text, g float8, h float8)"
_COPY: Final = "COPY bench_devices FROM STDIN"


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of every bench
    """Measure; `quick` takes 60 thousand households."""
    number = QUICK if quick else HOUSEHOLDS
    offices = [_office(place) for place in range(OFFICES)]
    rows = list(_rows(number, [code for _, code in offices]))
    results = [_import(rows)]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE iot_device")
    office = offices[OFFICES // 2][0]
    actor = Actor(kind="account", id=1, grants={VIEW_DEVICES: frozenset({organisation_key(office)})})
    asked: dict[str, Callable[[], object]] = {
        "list": lambda: devices(actor, DeviceQuery()),
        "search": _Words(actor),
        "count": lambda: state_counts(actor),
    }
    bare = "the office's newest 21 devices by plain SQL"
    for name, ask in asked.items():
        found, limit = value_and_limit(
            partial(p95_ms, ask, times=TIMES), partial(p95_ms, partial(_plain_page, office), times=TIMES)
        )
        results.append(Result(f"devices_{name}_p95", found, "ms", limit, bare, "lower"))
    results.append(_connect(number))
    return results


class _Words:
    """Searches what people search, one after another: frequent words, seldom ones, keys, nothing at all."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._turn = 0

    def __call__(self) -> object:
        words = ("水表", "人民大街", "红旗街 7 号", "M0012345", "恐龙", "M00")
        self._turn += 1
        return devices(self._actor, DeviceQuery(search=words[self._turn % len(words)]))


def _office(place: int) -> tuple[int, str]:
    code = f"BENCH{place:02d}"
    new = NewOrganisation(code=code, name=f"第{place}街道", short_name=f"{place}街", kind="street")
    return create_organisation(BUILDER, new=new).id, code


def _rows(number: int, codes: Sequence[str]) -> list[list[str]]:
    return [
        [
            f"M{place:07d}",
            f"{STREETS[place % 10]} {place // 97} 号水表",
            "iot.generic",
            "mqtt",
            codes[place % len(codes)],
            f"2201020{place % 90 + 10:02d}",
            f"{125.1 + place % 1000 / 2000:.6f}",
            f"{43.7 + place // 1000 / 2000:.6f}",
        ]
        for place in range(number)
    ]


def _import(rows: Sequence[Sequence[str]]) -> Result:
    """Measure registering the list beside copying the same rows into a plain table."""
    progress(f"registering {len(rows):,} devices")
    file = io.StringIO()
    csv.writer(file).writerows([HEADER, *rows])
    content = file.getvalue().encode()
    number = ask_import(BUILDER, file=io.BytesIO(content), name="bench.csv", size=len(content), now=NOW)
    began = perf_counter()
    run_import(BUILDER, import_id=number, step=lambda done, total: None, clock=lambda: NOW, real_clock=lambda: NOW)
    took = perf_counter() - began
    made = DeviceImport.objects.get(id=number).made
    if made != len(rows):
        raise RuntimeError(f"{made} of {len(rows)} devices were registered")
    bare = "COPY of the same rows into a plain table"
    return Result("devices_import", made / took, "devices/s", len(rows) / _copied(rows), bare, "higher")


def _copied(rows: Sequence[Sequence[str]]) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_devices (a text, b text, c text, d text, e text, f text, g float8, h float8)"
        )
        began = perf_counter()
        with cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(tuple(row))
        return perf_counter() - began


def _plain_page(office: int) -> object:
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, [office])
        return cursor.fetchall()


def _connect(number: int) -> Result:
    """Measure how many devices a gateway comes to know in a second, a thousand at a time, as after its start."""
    keys = [f"M{place:07d}" for place in range(0, number, 7)][:60_000]

    def known() -> float:
        directory, began = Directory(), perf_counter()
        for place in range(0, len(keys), 1_000):
            directory.learn(keys[place : place + 1_000])
        return len(keys) / (perf_counter() - began)

    def plain() -> float:
        began = perf_counter()
        with connection.cursor() as cursor:
            for place in range(0, len(keys), 1_000):
                cursor.execute("SELECT id, key FROM iot_device WHERE key = ANY(%s)", [keys[place : place + 1_000]])
                cursor.fetchall()
        return len(keys) / (perf_counter() - began)

    found, limit = value_and_limit(known, plain)
    return Result("devices_connect", found, "devices/s", limit, "id and key alone by plain SQL", "higher")
