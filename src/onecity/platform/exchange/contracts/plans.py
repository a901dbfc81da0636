"""What a run is to do, complete: the same on the hub and on an exchange node."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from onecity.platform.exchange.contracts.blocks import Comparison, Loading, Reading
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.tables import LogicalType, TableShape


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How one column of the target comes about: from a source column, or by an expression over source columns.

    codes: translation of code values (a value without a translation is a fault of its row, unless it is None).
    precision, scale: digits, for decimals; None: as the source has them, else 38 and 10.
    """

    target: str
    type: LogicalType
    source: str = ""
    expression: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    precision: int | None = None
    scale: int | None = None


class CheckKind(StrEnum):
    """The kinds of checks on rows."""

    NOT_NULL = "not_null"
    UNIQUE = "unique"
    CODE_LIST = "code_list"
    RANGE = "range"
    LENGTH = "length"
    PATTERN = "pattern"
    IDENTIFIER = "identifier"  # check digits: values = ("citizen_id",) or ("uscc",) or another of kernel.identifiers
    REFERENCE = "reference"  # the value stands in another table: values from the engine's reference set
    EXPRESSION = "expression"  # cross-field: an expression that must be true


@dataclass(frozen=True, slots=True)
class Check:
    """One check. code: named in every reason; columns: what it looks at; values: its parameters as text.

    RANGE: (low, high), "" for open; LENGTH: (least, most); PATTERN: (regular expression,); CODE_LIST: the codes;
    EXPRESSION: (expression,); REFERENCE: (name of the reference set,). blocking: a row that fails is kept out;
    otherwise it is only counted. dimension: the quality dimension it counts for (GB/T 36344).
    """

    code: str
    kind: CheckKind
    columns: tuple[str, ...]
    values: tuple[str, ...] = ()
    blocking: bool = True
    dimension: str = "conformity"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a run is stopped before the target is touched. share: 0–1 of the rows read; rows: a count; None: none."""

    share: float | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a grant allows: held by the engine whatever the plan's author asked for.

    columns: None for all; conditions: rows; masks: source column → name of a mask in kernel.masking.
    """

    columns: frozenset[str] | None = None
    conditions: tuple[Comparison, ...] = ()
    masks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """One flow, ready to run. target_shape: columns and key of the target table as this plan makes or expects them.

    rows_per_second, connections: limits per source, 0 for none.
    """

    source: Place
    source_table: str
    target: Place
    target_shape: TableShape
    reading: Reading
    loading: Loading
    columns: tuple[ColumnMap, ...]
    checks: tuple[Check, ...] = ()
    cursor: str = ""
    conditions: tuple[Comparison, ...] = ()
    limits: Limits = Limits()
    threshold: Threshold = Threshold()
    block_rows: int = 50_000
    rows_per_second: int = 0
    parts: int = 1
