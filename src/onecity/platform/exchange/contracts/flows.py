"""What is said about connections and flows when they are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from onecity.platform.exchange.contracts.blocks import Comparison, Loading, Reading
from onecity.platform.exchange.contracts.places import OptionValue
from onecity.platform.exchange.contracts.plans import Check, ColumnMap, Threshold
from onecity.platform.exchange.contracts.tables import ColumnShape, TableShape

NO_THRESHOLD: Final = Threshold()


@dataclass(frozen=True, slots=True)
class ConnectionText:
    """What a connection says. secret: None keeps the one that is stored. at_once: runs at the same time, ≥ 1."""

    name: str
    kind: str
    organisation_id: int
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    secret: str | None = field(default=None, repr=False)
    rows_per_second: int = 0
    at_once: int = 2
    note: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a flow runs. cron: five fields, city time; after: code of another flow; neither: when somebody starts it.

    late_after_s: seconds of city time after which it ought to be finished.
    """

    cron: str = ""
    after: str = ""
    late_after_s: int = 3600


BY_HAND: Final = Schedule()


@dataclass(frozen=True, slots=True)
class FlowText:
    """What one version of a flow does. source, target: codes of connections.

    source_columns: as the source's connector discovered them; sensitive: source column → name of a mask in
    `kernel.masking`: such values lie sealed when a row is refused, and are shown masked.
    """

    source: str
    source_table: str
    source_columns: tuple[ColumnShape, ...]
    target: str
    target_shape: TableShape
    columns: tuple[ColumnMap, ...]
    reading: Reading = Reading.FULL
    loading: Loading = Loading.SWAP
    checks: tuple[Check, ...] = ()
    conditions: tuple[Comparison, ...] = ()
    sensitive: Mapping[str, str] = field(default_factory=dict)
    cursor: str = ""
    threshold: Threshold = NO_THRESHOLD
    schedule: Schedule = BY_HAND
    block_rows: int = 50_000
    rows_per_second: int = 0
    parts: int = 1


@dataclass(frozen=True, slots=True)
class NewFlow:
    """A flow to be made. code: letters, digits and hyphens, for ever; owner_id: account that is told of trouble.

    dataset_code: the catalogue's entry that a run brings; source_dataset_code: the one that it is made from.
    grant_code: the grant whose limits every run holds; only who made the grant's subscription may set it.
    """

    code: str
    name: str
    organisation_id: int
    owner_id: int | None = None
    dataset_code: str = ""
    source_dataset_code: str = ""
    grant_code: str = ""
