"""Days whose readings lie outside the day partitions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColdFile:
    """A Parquet file of a day: name below the cold folder, its readings, SHA-256, first and last datastream's id."""

    name: str
    rows: int
    bytes: int
    digest: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed day: days since 2000-01-01 UTC. cold: its partition is gone, `files` hold what it had."""

    day: int
    cold: bool
    generation: int
    files: tuple[ColdFile, ...] = ()
