"""Blocks of entity records: every row checked, and the reasons found for those that fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from onecity.kernel.identifiers.fault import tidied
from onecity.kernel.text import zh
from onecity.platform.registers.rules.entities.fields import (
    FIELDS,
    IDENTIFIER,
    NEEDED,
    canonical,
    faults_of,
    kind_of_code,
)
from onecity.platform.registers.rules.person_blocks import BlockRefused, Reasons
from onecity.platform.registers.rules.person_fields import written_place

SEAT: Final = ("division", "address")
OBSERVED: Final = "observed_at"
COLUMNS: Final = (IDENTIFIER, *(item.name for item in FIELDS if item.name != "seat"), *SEAT, OBSERVED)


@dataclass(frozen=True, slots=True)
class Judged:
    """A block after its checks. fields: delivered fields in canonical text, for all rows; refused: row → reasons."""

    codes: Sequence[str]
    fields: Mapping[str, Sequence[str]]
    observed: Sequence[str]
    refused: Mapping[int, Reasons]

    @property
    def rows(self) -> int:
        """How many rows the block has."""
        return len(self.codes)

    def good(self) -> list[int]:
        """Return the places of the rows that passed."""
        return [row for row in range(self.rows) if row not in self.refused]

    def values(self, row: int) -> dict[str, str]:
        """Return what a row says; a kind that it leaves open is what its code says."""
        said = {name: column[row] for name, column in self.fields.items()}
        if "kind" in said:
            said["kind"] = said["kind"] or kind_of_code(self.codes[row])
        return said

    def names_all(self) -> bool:
        """Say whether the block names its entities, so that new ones can be entered."""
        return "name" in self.fields


def judge(batch: pa.RecordBatch, *, today: date) -> Judged:
    """Check a block and bring its values into canonical text. Columns that are not there say nothing.

    Raises: BlockRefused for unknown columns, or without credit codes.
    """
    names = batch.schema.names
    unknown = sorted(set(names) - set(COLUMNS))
    if unknown:
        raise BlockRefused(params={"reason": "、".join(unknown)})
    if IDENTIFIER not in names:
        raise BlockRefused(params={"reason": zh("缺少统一社会信用代码")})
    texts = {name: _texts(batch.column(name)) for name in names}
    codes = [tidied(text) for text in texts[IDENTIFIER]]
    fields = {
        item.name: [canonical(item.name, text) for text in texts[item.name]] for item in FIELDS if item.name in texts
    }
    if "division" in texts:
        addresses = texts.get("address", [""] * len(codes))
        fields["seat"] = [written_place(*pair) for pair in zip(texts["division"], addresses, strict=True)]
    judged = Judged(codes, fields, texts.get(OBSERVED, [""] * len(codes)), {})
    seen: dict[str, int] = {}
    refused = {row: why for row in range(len(codes)) if (why := _reasons(judged, row, seen, today=today))}
    return Judged(codes, fields, judged.observed, refused)


def _texts(column: pa.Array) -> list[str]:
    text = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
    found: list[str] = pc.utf8_trim_whitespace(pc.fill_null(text, "")).to_pylist()
    return found


def _reasons(judged: Judged, row: int, seen: dict[str, int], *, today: date) -> Reasons:
    code, values = judged.codes[row], judged.values(row)
    reasons = [(f"{name}.refused", text) for name, text in faults_of({IDENTIFIER: code, **values}, today=today).items()]
    if not code:
        reasons.append((f"{IDENTIFIER}.missing", zh("必填项为空")))
    reasons += [(f"{name}.missing", zh("必填项为空")) for name in NEEDED if values.get(name) == ""]
    if not _is_instant(judged.observed[row]):
        reasons.append((f"{OBSERVED}.refused", zh("来源时间应写成 2026-03-01 08:00 的形式")))
    if not reasons and seen.setdefault(code, row) != row:
        reasons.append((f"{IDENTIFIER}.repeated", zh("同一数据块中统一社会信用代码重复")))
    return tuple(sorted(reasons))


def _is_instant(text: str) -> bool:
    try:
        return not text or bool(datetime.fromisoformat(text))
    except ValueError:
        return False
