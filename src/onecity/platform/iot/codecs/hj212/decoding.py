"""Reads one packet: by key, not by position, and with the tolerance that the field needs.

Tolerated: any order of fields, unknown fields (kept), blanks around names and values, `,` where `;` is due and the
other way round, a log text between `//` that holds delimiters, lower-case CRC. Refused, with the reason: what would
have to be guessed.
"""

import re
from collections.abc import Iterator

from onecity.platform.iot.codecs.hj212.checksum import crc16, crc_value
from onecity.platform.iot.codecs.hj212.framing import Frame
from onecity.platform.iot.codecs.hj212.packet import Item, Packet, SubValue
from onecity.platform.iot.codecs.hj212.reasons import BadFrame, Reason

_AREA = re.compile(r"(?:\A|[;,])[ \t\r\n]*CP[ \t\r\n]*=[ \t\r\n]*&&")
# A value that begins with // is a log text up to the next //; there is no other, so at most one search runs to the end.
_FIELD = re.compile(r"([^=;,]*)(?:=[ \t]*(//.*?//[^;,]*|[^;,]*))?([;,]|\Z)", re.DOTALL)
_PART_NUMBER = re.compile(r"[0-9]{1,4}")
_FLAG = re.compile(r"[0-9]{1,3}")
_COMMAND = re.compile(r"[0-9]{4}")
_KNOWN = frozenset({"QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO"})


def decode(frame: Frame) -> Packet | BadFrame:
    """Read one frame; what cannot be read comes back with the reason and the bytes as they came. Never raises."""
    announced = crc_value(frame.crc)
    if announced < 0:
        return BadFrame(frame.raw, Reason.CRC_NOT_HEX)
    if announced != crc16(frame.segment):
        return BadFrame(frame.raw, Reason.CRC_MISMATCH)
    packet = decode_segment(frame.segment)
    return BadFrame(frame.raw, packet) if isinstance(packet, Reason) else packet


def decode_segment(segment: bytes) -> Packet | Reason:
    """Read a data segment whose CRC is known to be right.

    Source: HJ 212-2017, 6 (数据段结构、数据区).
    """
    try:
        text = segment.decode()
    except UnicodeDecodeError:
        return Reason.NOT_UTF8
    opening = _AREA.search(text)
    area = text[opening.end() :].rstrip() if opening else ""
    if opening is None or not area.endswith("&&"):
        return Reason.NO_DATA_AREA
    return _packet(_fields(text[: opening.start()]), items=_items(area[:-2]))


def _packet(fields: list[tuple[str, str]], *, items: tuple[Item, ...]) -> Packet | Reason:
    known: dict[str, str] = {}
    extra = []
    for name, value in fields:
        if name in _KNOWN and name not in known:
            known[name] = value
        else:
            extra.append((name, value))
    fault = _fault(known)
    if fault is not None:
        return fault
    return Packet(
        st=known["ST"],
        cn=known["CN"],
        mn=known["MN"],
        pw=known.get("PW"),
        qn=known.get("QN"),
        flag=_integer(known, "Flag"),
        pnum=_integer(known, "PNUM"),
        pno=_integer(known, "PNO"),
        items=items,
        extra=tuple(extra),
    )


def _fault(known: dict[str, str]) -> Reason | None:
    """Name the first field without which, or with whose value, the packet cannot be used."""
    flag = known.get("Flag", "0")
    checks = (
        (Reason.NO_SYSTEM, bool(known.get("ST"))),
        (Reason.NO_COMMAND, _COMMAND.fullmatch(known.get("CN", "")) is not None),
        (Reason.NO_DEVICE, bool(known.get("MN"))),
        (Reason.BAD_FLAG, _FLAG.fullmatch(flag) is not None and int(flag) <= 255),
        (Reason.BAD_PART_NUMBER, _parts_make_sense(known)),
    )
    return next((reason for reason, holds in checks if not holds), None)


def _parts_make_sense(known: dict[str, str]) -> bool:
    numbers = [known[name] for name in ("PNO", "PNUM") if name in known]
    if not all(_PART_NUMBER.fullmatch(number) and int(number) > 0 for number in numbers):
        return False
    return len(numbers) < 2 or int(numbers[0]) <= int(numbers[1])


def _integer(known: dict[str, str], name: str) -> int | None:
    return int(known[name]) if name in known else None


def _fields(text: str) -> list[tuple[str, str]]:
    """Split `name=value` pairs at `;` and `,`; a name without `=` is kept with an empty value, blanks are nothing."""
    return [pair for pair in _pairs(text) if pair != ("", "")]


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for match in _FIELD.finditer(text):
        name, value, _ = match.groups("")
        yield name.strip(), value.strip()


def _items(area: str) -> tuple[Item, ...]:
    """Group the data area by factor; a new item begins with another factor or with a kind that was already there."""
    groups: list[tuple[str, dict[str, SubValue]]] = []
    current, kinds = "", dict[str, SubValue]()
    for name, text in _fields(area):
        factor, _, kind = name.partition("-")
        factor, kind = factor.rstrip(), kind.lstrip()
        if not factor or not kind:  # a plain field, which never joins
            current = ""
            groups.append((name, {"": SubValue("", text)}))
            continue
        if factor != current or kind in kinds:
            current, kinds = factor, {}
            groups.append((factor, kinds))
        kinds[kind] = SubValue(kind, text)
    return tuple(Item(factor, tuple(kinds.values())) for factor, kinds in groups)
