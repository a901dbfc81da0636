"""Blocks of person records: every row checked at once, and the reasons found for those that fail.

The fast tests only say *pass*; what does not pass is put before `person_fields.faults_of`, which says why. So a row is
refused for the same reasons in a block and at the counter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from onecity.kernel.errors import Invalid
from onecity.kernel.identifiers.divisions import PROVINCES
from onecity.kernel.identifiers.phones import InvalidPhone, parse_phone
from onecity.kernel.text import zh
from onecity.platform.registers.rules.person_codes import CODE_LISTS
from onecity.platform.registers.rules.person_fields import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    faults_of,
    tidy_name,
    written_place,
)

IDENTIFIER: Final = "citizen_id"
PLACES: Final = {"registered": "registered_place", "living": "living_place"}
PLAIN: Final = (
    "name",
    "sex_code",
    "birth_date",
    "ethnicity_code",
    "nationality_code",
    "education_code",
    "marital_code",
    "phone",
    "relation_code",
)
EXTRA: Final = ("household_number", "observed_at")
COLUMNS: Final = (
    IDENTIFIER,
    *PLAIN,
    *(f"{place}_{part}" for place in PLACES for part in ("division", "address")),
    *EXTRA,
)
_WEIGHTS: Final = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
_CHECK: Final = np.array([ord(character) for character in "10X98765432"])
_DAYS: Final = np.array((0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31))
_HEADS: Final = np.zeros(100, np.bool_)
_HEADS[[int(code) for code in PROVINCES if code.isdigit()] + [83, *range(90, 100)]] = True

Flags = NDArray[np.bool_]
Reasons = tuple[tuple[str, str], ...]


class BlockRefused(Invalid):
    """The block as a whole cannot be read: a column that nobody knows, or no identity numbers."""

    code = "registers.block_refused"
    message = zh("数据块的列不符合约定：{reason}")


@dataclass(frozen=True, slots=True)
class Judged:
    """A block after its checks. fields: delivered fields in canonical text, for all rows; refused: row → reasons."""

    fields: Mapping[str, Sequence[str]]
    extra: Mapping[str, Sequence[str]]
    refused: Mapping[int, Reasons]

    @property
    def rows(self) -> int:
        """How many rows the block has."""
        return len(self.fields[IDENTIFIER])

    def good(self) -> list[int]:
        """Return the places of the rows that passed."""
        return [row for row in range(self.rows) if row not in self.refused]


def judge(batch: pa.RecordBatch, *, today: date) -> Judged:
    """Check a block and bring its values into canonical text. Columns that are not there say nothing.

    Raises: BlockRefused for unknown columns, or without identity numbers.
    """
    names = batch.schema.names
    unknown = sorted(set(names) - set(COLUMNS))
    if unknown:
        raise BlockRefused(params={"reason": "、".join(unknown)})
    if IDENTIFIER not in names:
        raise BlockRefused(params={"reason": zh("缺少公民身份号码")})
    texts = {name: _texts(batch.column(name)) for name in names}
    passed = _identifiers_pass(texts[IDENTIFIER])
    for name in names:
        if name != IDENTIFIER and name not in EXTRA:
            passed &= _passes(name, texts)
    fields = _canonical(texts)
    refused = {int(row): _reasons(fields, int(row), today) for row in np.flatnonzero(~passed)}
    refused = {row: reasons for row, reasons in refused.items() if reasons}
    extra = {name: texts[name].to_pylist() for name in EXTRA if name in texts}
    refused |= _untimely(extra.get("observed_at", ()), refused)
    refused |= _repeated(fields[IDENTIFIER], refused)
    return Judged(fields, extra, refused)


def identifiers_pass(numbers: Sequence[str]) -> Flags:
    """Say of each number, upper case, whether its form, date, province and check character are right.

    Source: GB 11643-1999.
    """
    return _identifiers_pass(pa.array(numbers, pa.string()))


def _texts(column: pa.Array) -> pa.Array:
    text = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
    return pc.utf8_trim_whitespace(pc.utf8_normalize(pc.fill_null(text, ""), form="NFKC"))


def _identifiers_pass(texts: pa.Array) -> Flags:
    if not len(texts):
        return np.zeros(0, np.bool_)
    long = pc.equal(pc.utf8_length(texts), 18).to_numpy(zero_copy_only=False)
    codes = np.array(pc.utf8_upper(texts).to_pylist(), "U18").view(np.uint32).reshape(-1, 18).astype(np.int64)
    digits = codes[:, :17] - ord("0")
    shaped = long & ((digits >= 0) & (digits <= 9)).all(axis=1)
    digits = np.where(shaped[:, None], digits, 1)
    checked = _CHECK[(digits * _WEIGHTS).sum(axis=1) % 11] == codes[:, 17]
    return np.asarray(shaped & checked & _HEADS[digits[:, 0] * 10 + digits[:, 1]] & _dates_exist(digits), np.bool_)


def _dates_exist(digits: NDArray[np.int64]) -> Flags:
    year = digits[:, 6:10] @ np.array((1000, 100, 10, 1))
    month, day = digits[:, 10] * 10 + digits[:, 11], digits[:, 12] * 10 + digits[:, 13]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _DAYS[np.clip(month, 0, 12)] + ((month == 2) & leap)
    return np.asarray((year >= 1800) & (year < 2100) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= last))


def _passes(name: str, texts: Mapping[str, pa.Array]) -> Flags:
    column = texts[name]
    match name:
        case "name":
            length = pc.utf8_length(column)
            right = pc.and_(pc.greater(length, 0), pc.less_equal(length, LONGEST_NAME))
        case "birth_date":
            inside = pc.utf8_slice_codeunits(texts[IDENTIFIER], 6, 14)
            right = pc.equal(pc.replace_substring(column, "-", ""), inside)
        case "sex_code":
            odd = pc.is_in(pc.utf8_slice_codeunits(texts[IDENTIFIER], 16, 17), pa.array(list("13579")))
            right = pc.equal(column, pc.if_else(odd, "1", "2"))
        case "phone":
            right = pc.match_substring_regex(column, r"^1[3-9][0-9]{9}$")
        case "nationality_code":
            right = pc.match_substring_regex(column, "^[0-9]{3}$")
        case "registered_division" | "living_division":
            right = pc.match_substring_regex(column, "^[0-9]{6,12}$")
        case "registered_address" | "living_address":
            right = pc.less_equal(pc.utf8_length(column), LONGEST_ADDRESS)
        case _:
            right = pc.is_in(column, pa.array(list(CODE_LISTS[name])))
    passed: Flags = right.to_numpy(zero_copy_only=False)
    return passed if name == "name" else passed | pc.equal(column, "").to_numpy(zero_copy_only=False)


def _canonical(texts: Mapping[str, pa.Array]) -> dict[str, Sequence[str]]:
    fields: dict[str, Sequence[str]] = {IDENTIFIER: pc.utf8_upper(texts[IDENTIFIER]).to_pylist()}
    for name in PLAIN:
        if name in texts:
            fields[name] = texts[name].to_pylist()
    if "name" in fields:
        fields["name"] = [tidy_name(text) for text in fields["name"]]
    if "phone" in fields:
        fields["phone"] = [_phone(text) for text in fields["phone"]]
    for place, field in PLACES.items():
        division, address = texts.get(f"{place}_division"), texts.get(f"{place}_address")
        if division is not None:
            written = address.to_pylist() if address is not None else [""] * len(division)
            fields[field] = [written_place(*pair) for pair in zip(division.to_pylist(), written, strict=True)]
    return fields


def _phone(text: str) -> str:
    if len(text) == 11 and text.startswith("1"):
        return text
    try:
        return parse_phone(text).number if text else ""
    except InvalidPhone:
        return text


def _reasons(fields: Mapping[str, Sequence[str]], row: int, today: date) -> Reasons:
    values = {name: column[row] for name, column in fields.items()}
    reasons = [(f"{name}.refused", text) for name, text in faults_of(values, today=today).items()]
    reasons += [(f"{name}.missing", zh("必填项为空")) for name in ("name", IDENTIFIER) if values.get(name) == ""]
    return tuple(sorted(reasons))


def _untimely(texts: Sequence[str], refused: Mapping[int, Reasons]) -> dict[int, Reasons]:
    """Return the rows whose time cannot be read, with what else is wrong with them."""
    found = {}
    for row, text in enumerate(texts):
        try:
            if text:
                datetime.fromisoformat(text)
        except ValueError:
            found[row] = (*refused.get(row, ()), ("observed_at.refused", zh("来源时间应写成 2026-03-01 08:00 的形式")))
    return found


def _repeated(numbers: Sequence[str], refused: Mapping[int, Reasons]) -> dict[int, Reasons]:
    """Return the rows whose number stood in an earlier good row of the block."""
    seen, found = set[str](), dict[int, Reasons]()
    for row, number in enumerate(numbers):
        if row in refused:
            continue
        if number in seen:
            found[row] = ((f"{IDENTIFIER}.repeated", zh("同一数据块中公民身份号码重复")),)
        seen.add(number)
    return found
