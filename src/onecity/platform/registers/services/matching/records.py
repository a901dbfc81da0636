"""A delivery made ready for matching: canonical values, hashes, and clear words for what cannot be matched."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from onecity.kernel.errors import Invalid
from onecity.kernel.identifiers.fault import InvalidIdentifier
from onecity.kernel.masking import masked_identity_number, masked_mobile
from onecity.kernel.text import zh
from onecity.platform.identity.api import search_hash, search_hashes
from onecity.platform.registers.contracts.matching import RECORD_COLUMNS
from onecity.platform.registers.rules.person_fields import tidy_name
from onecity.platform.registers.services.persons.columns import canonical_citizen_id, canonical_phone
from onecity.platform.registers.services.persons.landing import pinyin

MOST_RECORDS: Final = 5_000_000
_SHOWN_FAULTS: Final = 20


class RecordsRefused(Invalid):
    """A delivery that cannot be matched as it is; fields name the first records at fault."""

    code = "registers.records_refused"
    message = zh("待匹配的记录不完整：{reason}")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A delivery column by column, each as long as the delivery.

    hashes: every keyed hash of the identity number ("" gives none); phone: keyed hash; masked_*: for pages.
    """

    keys: list[str]
    names: list[str]
    pinyins: list[str]
    sexes: list[str]
    births: list[str]
    addresses: list[str]
    divisions: list[str]
    hashes: list[tuple[str, ...]]
    phones: list[str]
    masked_ids: list[str]
    masked_phones: list[str]

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.keys)


def prepare(records: pa.Table) -> Prepared:
    """Return a delivery ready for matching; an identity number or phone that breaks its rules counts as not given.

    Raises: RecordsRefused for missing columns, records without key or name, keys that stand twice.
    """
    _check_shape(records)
    columns = {name: _texts(records.column(name)) for name in RECORD_COLUMNS}
    pairs = zip(columns["key"], columns["name"], strict=True)
    faults = [key or str(row + 1) for row, (key, name) in enumerate(pairs) if not key or not name]
    if faults:
        reason = zh("缺少主键或姓名")
        raise RecordsRefused(params={"reason": reason}, fields=dict.fromkeys(faults[:_SHOWN_FAULTS], reason))
    if len(set(columns["key"])) != len(columns["key"]):
        raise RecordsRefused(params={"reason": zh("主键重复")})
    identifiers = [_identifier(text) for text in columns["citizen_id"]]
    phones = [_phone(text) for text in columns["phone"]]
    names = [tidy_name(text) for text in columns["name"]]
    return Prepared(
        keys=columns["key"],
        names=names,
        pinyins=[pinyin(name) for name in names],
        sexes=columns["sex_code"],
        births=[_date(text) for text in columns["birth_date"]],
        addresses=columns["address"],
        divisions=columns["division_code"],
        hashes=[tuple(search_hashes(text)) if text else () for text in identifiers],
        phones=[search_hash(text) if text else "" for text in phones],
        masked_ids=[masked_identity_number(text) if text else "" for text in identifiers],
        masked_phones=[masked_mobile(text) if text else "" for text in phones],
    )


def _check_shape(records: pa.Table) -> None:
    missing = [name for name in RECORD_COLUMNS if name not in records.column_names]
    if missing:
        raise RecordsRefused(params={"reason": zh("缺少列")}, fields=dict.fromkeys(missing, zh("缺少列")))
    if records.num_rows > MOST_RECORDS:
        raise RecordsRefused(params={"reason": zh("记录过多，请分批匹配")})


def _texts(column: pa.ChunkedArray) -> list[str]:
    stripped = pc.utf8_trim_whitespace(pc.fill_null(column.cast(pa.string()), ""))
    return [str(text) for text in stripped.to_pylist()]


def _identifier(text: str) -> str:
    try:
        return canonical_citizen_id(text)
    except InvalidIdentifier:
        return ""


def _phone(text: str) -> str:
    try:
        return canonical_phone(text)
    except InvalidIdentifier:
        return ""


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
