"""Real-time and re-issued reports (0x02, 0x03): a time and information bodies, field by field, as bytes and back."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.gb32960.layouts import CUSTOM, LAYOUTS, Field, Layout, Repeat
from onecity.platform.iot.codecs.gb32960.packet import TIME_SIZE, Edition
from onecity.platform.iot.codecs.octets import Octets, Short
from onecity.platform.iot.codecs.refusals import BadBody

ABNORMAL: Final = "abnormal"
INVALID: Final = "invalid"
_SIGNATURE: Final = 0xFF


class Value(NamedTuple):
    """A number as sent. name: of the reading; "" for counts, which are none."""

    name: str
    raw: int
    field: Field

    @property
    def number(self) -> float | None:
        """The number in its unit; None where the vehicle says that it is abnormal or invalid."""
        if self.flaw:
            return None
        field = self.field
        return self.raw if field.scale == 1 and not field.less else round(self.raw * field.scale - field.less, 6)

    @property
    def flaw(self) -> str:
        """Why there is no number: ABNORMAL, INVALID or "". Source: GB/T 32960.3-2016, 7 (异常、无效的表示)."""
        if self.field.kept or not self.name:
            return ""
        full = (1 << 8 * self.field.size) - 1
        return {full: INVALID, full - 1: ABNORMAL}.get(self.raw, "")


class Information(NamedTuple):
    """An information body. values: in the order sent. custom: the bytes of one of a maker's own."""

    kind: int
    values: tuple[Value, ...] = ()
    custom: bytes = b""


class Report(NamedTuple):
    """A report. time: six bytes. rest: from the first body on that nobody can tell the length of."""

    time: bytes
    bodies: tuple[Information, ...] = ()
    rest: bytes = b""


def decode_report(data: bytes, *, edition: Edition) -> Report:
    """Read a report.

    Raises: BadBody if a body ends before its last field.
    Source: GB/T 32960.3-2016, 7 and GB/T 32960.3-2025, 7 (实时信息上报).
    """
    octets = Octets(data)
    bodies: list[Information] = []
    try:
        time = octets.take(TIME_SIZE)
        while octets.left:
            kind = octets.number(1)
            layout = LAYOUTS[edition].get(kind)
            if layout is not None:
                bodies.append(Information(kind, tuple(_read(octets, layout, ""))))
            elif kind in CUSTOM:
                bodies.append(Information(kind, custom=octets.take(octets.number(2))))
            else:
                return Report(time, tuple(bodies), bytes([kind]) + octets.rest())
    except Short:
        raise BadBody("an information body ends before its last field") from None
    return Report(time, tuple(bodies))


def encode_report(report: Report) -> bytes:
    """Return a report's data; `decode_report` reads an equal report from it."""
    return report.time + b"".join(_body(item) for item in report.bodies) + report.rest


def is_signature(report: Report) -> bool:
    """Say whether what nobody could tell the length of is a signature (2025), which ends a report."""
    return report.rest[:1] == bytes([_SIGNATURE])


def _body(item: Information) -> bytes:
    if item.kind in CUSTOM:
        return bytes([item.kind]) + len(item.custom).to_bytes(2, "big") + item.custom
    return bytes([item.kind]) + b"".join(value.raw.to_bytes(value.field.size, "big") for value in item.values)


def _read(octets: Octets, layout: Layout, prefix: str) -> Iterator[Value]:
    seen: list[Value] = []
    for part in layout:
        if isinstance(part, Field):
            value = Value(prefix + part.name, octets.number(part.size), part)
            seen.append(value)
            yield value
        else:
            yield from _groups(octets, part, prefix, seen)


def _groups(octets: Octets, repeat: Repeat, prefix: str, before: Sequence[Value]) -> Iterator[Value]:
    count = octets.number(repeat.size)
    yield Value("", count, Field("", repeat.size))
    first = next((value.raw for value in before if value.field.name == repeat.first), 1)
    for place in range(count):
        if not repeat.numbered:
            yield from _read(octets, repeat.group, f"{prefix}{repeat.prefix}_{first + place}_")
            continue
        number, *others = repeat.group
        assert isinstance(number, Field)
        own = octets.number(number.size)
        yield Value("", own, number)
        yield from _read(octets, tuple(others), f"{prefix}{repeat.prefix}_{own}_")
