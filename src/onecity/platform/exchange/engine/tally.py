"""What a part of a run has done so far, kept beside the target's progress so that a crash loses none of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onecity.platform.exchange.contracts.blocks import Position
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.rules.sums import Sums, sums_of


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of a part. failed: check's code → rows; sums: column → checksum of what landed; blocks: that landed."""

    read: int = 0
    refused: int = 0
    blocks: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)

    def plus(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(
            self.read + other.read,
            self.refused + other.refused,
            self.blocks + other.blocks,
            added(self.failed, other.failed),
            joined(self.sums, other.sums),
        )

    @property
    def counts(self) -> Counts:
        """The rows, as far as they are known before the target has taken them over."""
        return Counts(read=self.read, landed=self.read - self.refused, refused=self.refused)


@dataclass(frozen=True, slots=True)
class Mark:
    """What lies beside a block in the target: the source's position after it, the tally, how the run is carried.

    way: name of the lane; bounds: of the key ranges of all parts.
    """

    at: Position | None
    tally: Tally
    way: str
    bounds: Sequence[str | int] = ()

    def packed(self) -> Position:
        """Return it as a position, which every target keeps."""
        return {
            "at": json.dumps(self.at),
            "tally": json.dumps(
                {"read": self.tally.read, "refused": self.tally.refused, "blocks": self.tally.blocks,
                 "failed": dict(self.tally.failed), "sums": dict(self.tally.sums)}
            ),
            "way": self.way,
            "bounds": json.dumps(list(self.bounds)),
        }  # fmt: skip


def unpacked(position: Position) -> Mark:
    """Return what `packed` made a position of."""
    bounds: list[str | int] = json.loads(str(position["bounds"]))
    return Mark(
        json.loads(str(position["at"])), Tally(**json.loads(str(position["tally"]))), str(position["way"]), bounds
    )


def added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Return counts by code, both together."""
    return {code: one.get(code, 0) + other.get(code, 0) for code in {**one, **other}}


def joined(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Return checksums by column, both together."""
    found: Sums = sums_of(one)
    found.add_results(other)
    return found.result()
