"""PostgreSQL's logical replication messages, as the plugin `pgoutput` writes them (protocol version 1).

    B begin:    int64 LSN of the commit · int64 time · int32 transaction
    C commit:   int8 0 · int64 LSN of the commit · int64 LSN after it · int64 time
    R relation: int32 id · schema · name · int8 replica identity · int16 columns · per column: int8 1 if in the key ·
                name · int32 type · int32 modifier
    I insert:   int32 relation · 'N' row
    U update:   int32 relation · ['K' old key | 'O' old row] · 'N' row
    D delete:   int32 relation · 'K' old key | 'O' old row
    T truncate: int32 relations · int8 options · int32 relation …
    row:        int16 columns · per column: 'n' null | 'u' unchanged and left out | 't' int32 length · text

Names end with a zero byte; numbers have their highest byte first; texts are in the encoding that the client asked for.
Source: PostgreSQL 15 documentation, 55.9 "Logical Replication Message Formats".
"""

import struct
from dataclasses import dataclass
from enum import Enum
from typing import Final

_ROW_KINDS: Final = b"KON"


class Gap(Enum):
    """What stands for a value that the message leaves out because it has not changed (a large one, kept elsewhere)."""

    UNCHANGED = "u"


Value = str | None | Gap
Row = tuple[Value, ...]


class BadMessage(ValueError):
    """The bytes are no message of this protocol."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A transaction begins. commit_lsn: where its commit stands."""

    commit_lsn: int


@dataclass(frozen=True, slots=True)
class Commit:
    """A transaction has ended. end_lsn: after its commit."""

    end_lsn: int


@dataclass(frozen=True, slots=True)
class Relation:
    """What a table looks like from here on. key: columns of its replica identity."""

    id: int
    schema: str
    name: str
    columns: tuple[str, ...]
    key: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """A row was inserted, updated, or deleted (no new). old: key or whole row, where the message tells it; of a key
    the other columns are None."""

    relation: int
    old: Row | None
    new: Row | None
    inserted: bool = False


@dataclass(frozen=True, slots=True)
class Truncate:
    """Tables were emptied."""

    relations: tuple[int, ...]


Message = Begin | Commit | Relation | Change | Truncate


def message(data: bytes) -> Message | None:
    """Read one message; None for kinds that say nothing about rows (origin, type, message). Raises: BadMessage."""
    try:
        return _message(data)
    except (struct.error, IndexError, UnicodeDecodeError, ValueError) as error:
        raise BadMessage("no message of pgoutput") from error


def lsn(text: str) -> int:
    """Read a log sequence number: 16/B374D848. Raises: ValueError."""
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) | int(low, 16)


def lsn_text(number: int) -> str:
    """Write a log sequence number."""
    return f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"


def _message(data: bytes) -> Message | None:
    match data[:1]:
        case b"B":
            return Begin(struct.unpack_from(">q", data, 1)[0])
        case b"C":
            return Commit(struct.unpack_from(">q", data, 10)[0])
        case b"R":
            return _relation(data)
        case b"I" | b"U" | b"D":
            return _change(data)
        case b"T":
            count = struct.unpack_from(">i", data, 1)[0]
            return Truncate(struct.unpack_from(f">{count}i", data, 6))
        case b"O" | b"Y" | b"M":
            return None
    raise ValueError("unknown kind")


def _relation(data: bytes) -> Relation:
    (number,) = struct.unpack_from(">i", data, 1)
    schema, place = _name(data, 5)
    name, place = _name(data, place)
    (count,) = struct.unpack_from(">h", data, place + 1)
    place += 3
    columns: list[str] = []
    key: set[str] = set()
    for _ in range(count):
        in_key = data[place] == 1
        column, place = _name(data, place + 1)
        place += 8
        columns.append(column)
        if in_key:
            key.add(column)
    return Relation(number, schema, name, tuple(columns), frozenset(key))


def _change(data: bytes) -> Change:
    (relation,) = struct.unpack_from(">i", data, 1)
    old: Row | None = None
    new: Row | None = None
    place = 5
    while place < len(data):
        kind = data[place]
        if kind not in _ROW_KINDS:
            raise ValueError("no row")
        row, place = _row(data, place + 1)
        if kind == ord("N"):
            new = row
        else:
            old = row
    return Change(relation, old, new, inserted=data[:1] == b"I")


def _row(data: bytes, place: int) -> tuple[Row, int]:
    (count,) = struct.unpack_from(">h", data, place)
    place += 2
    values: list[Value] = []
    for _ in range(count):
        kind = data[place : place + 1]
        place += 1
        if kind == b"t":
            (length,) = struct.unpack_from(">i", data, place)
            place += 4
            if length < 0 or place + length > len(data):
                raise ValueError("length")
            values.append(data[place : place + length].decode())
            place += length
        elif kind in {b"n", b"u"}:
            values.append(None if kind == b"n" else Gap.UNCHANGED)
        else:
            raise ValueError("no value")
    return tuple(values), place


def _name(data: bytes, place: int) -> tuple[str, int]:
    end = data.index(b"\0", place)
    return data[place:end].decode(), end + 1
