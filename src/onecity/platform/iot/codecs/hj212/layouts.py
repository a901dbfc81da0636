"""How the data area of one kind of device looks, learned from one packet, as a pattern that reads the next ones.

A device sends the same factors in the same order every time; only the values change. The pattern spells out everything
but the values and accepts a value only in plain form, so whatever matches it means exactly what `decode` and `readings`
make of it, and everything else (blanks, empty or odd values, another order) goes the slow way.

    20160801085857;a21026-Rtd=12.3,a21026-Flag=N;a34004-Rtd=35,a34004-Flag=N&&
    |group 1       |literal   |2   |literal     |3 …
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from operator import itemgetter
from typing import Final

from onecity.platform.iot.codecs.hj212.packet import Packet
from onecity.platform.iot.codecs.hj212.readings import DATA_TIME, FLAG, MEASURED

# Possessive, so that a value that does not fit fails at once. At most 15 + 15 digits: no overflow, and also plain JSON.
_VALUE: Final = rb"(-?+(?:0|[1-9][0-9]{0,14}+)(?:\.[0-9]{1,15}+)?+)"
_LETTER: Final = rb"([A-Za-z0-9])"
_IGNORED: Final = rb"[A-Za-z0-9.:+-]*+"
_TIME: Final = rb"([0-9]{14})"
_FIELD: Final = re.compile(rb"([A-Za-z0-9]+-[A-Za-z]+)=[^;,=&]*([;,]|\Z)")
_AREA: Final = re.compile(rb"(?:[A-Za-z0-9]+-[A-Za-z]+=[^;,=&]*+(?:[;,](?!\Z)|\Z))++")

_Groups = tuple[bytes, ...]
_Pick = Callable[[_Groups], _Groups]


@dataclass(frozen=True, slots=True)
class Layout:
    """The pattern of one data area from the time's digits to the closing `&&`, and what its groups are.

    measured: factor and kind of each value, in order. values, flags: pick from the groups (a NUL byte appended to
    them) the value and the data flag of each; NUL stands for no flag.
    """

    pattern: "re.Pattern[bytes]"
    measured: tuple[tuple[str, str], ...]
    values: _Pick
    flags: _Pick


def skeleton(area: bytes) -> bytes | None:
    """Return a data area (what follows `DataTime=…;`) without its values; None if it is not plainly `factor-kind=…`.

    Areas with the same skeleton have the same layout.
    """
    if b"//" in area or not _AREA.fullmatch(area):
        return None
    return b"".join(name + b"=" + delimiter for name, delimiter in _FIELD.findall(area))


def layout_of(skeleton: bytes, *, packet: Packet) -> Layout | None:
    """Learn a layout; None if the packet carries no measurement.

    packet: what `decode` made of a packet whose data area is a DataTime and one with this skeleton.
    """
    numbers = count(1)  # group 0 of the picks is the time
    pieces = [_TIME, b";"]
    group_of: list[int | None] = []
    for name, delimiter in _FIELD.findall(skeleton):
        kind = name.rpartition(b"-")[2].decode()
        value = _VALUE if kind in MEASURED else _LETTER if kind == FLAG else _IGNORED
        group_of.append(None if value is _IGNORED else next(numbers))
        pieces += [name, b"=", value, delimiter]
    measured, values, flags = _roles(packet, group_of)
    if not measured:
        return None
    return Layout(re.compile(b"".join(pieces) + b"&&"), tuple(measured), _picker(values), _picker(flags))


def _roles(packet: Packet, group_of: list[int | None]) -> tuple[list[tuple[str, str]], list[int], list[int]]:
    """Say for each measurement what it is and which groups hold its value and its flag (-1: none)."""
    measured, values, flags = [], [], []
    position = 0
    for item in packet.items:
        if item.name == DATA_TIME and not item.is_factor:
            continue
        groups = {value.kind: group_of[position + place] for place, value in enumerate(item.values)}
        position += len(item.values)
        for kind, group in groups.items():
            if kind in MEASURED and group is not None:
                flag = groups.get(FLAG)
                measured.append((item.name, kind))
                values.append(group)
                flags.append(-1 if flag is None else flag)
    return measured, values, flags


def _picker(places: list[int]) -> _Pick:
    if len(places) == 1:
        only = places[0]
        return lambda groups: (groups[only],)
    return itemgetter(*places)
