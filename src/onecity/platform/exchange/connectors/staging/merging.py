"""The statements that bring a stage into its target, inside one transaction that the caller opens and closes."""

from dataclasses import dataclass

from onecity.platform.exchange.connectors.conditions import Dialect
from onecity.platform.exchange.connectors.staging.link import Link, keeps_operations
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, Loading
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.contracts.tables import TableShape


@dataclass(frozen=True, slots=True)
class Merge:
    """A stage and the target of the shape's name, in one database."""

    dialect: Dialect
    stage: str
    shape: TableShape

    def carry_out(self, link: Link, loading: Loading) -> Counts:
        """Load the target from the stage and count."""
        if loading is Loading.SWAP:
            link.run(f"DELETE FROM {self._target}")
        if not keeps_operations(loading):
            inserted = link.run(
                f"INSERT INTO {self._target} ({self._columns}) SELECT {self._columns} FROM {self._staged}"
            )
            return Counts(landed=inserted, inserted=inserted)
        return self._merge(link, rest_goes=loading is Loading.MERGE_DELETE)

    def own_rows(self, loading: Loading) -> str:
        """Return the FROM part of the question for the rows that a run put in."""
        if loading is Loading.SWAP:
            return f"FROM {self._target} AS t"
        if not self.shape.key:
            return f"FROM {self._staged} AS t"
        deleted = f" AND {self._is_deleted('s')} = 0" if keeps_operations(loading) else ""
        return f"FROM {self._target} AS t JOIN {self._staged} AS s ON {self._match('t', 's')}{deleted}"

    def _merge(self, link: Link, *, rest_goes: bool) -> Counts:
        staged = _number(link, f"SELECT count(*) FROM {self._staged}")
        to_delete = _number(link, f"SELECT count(*) FROM {self._staged} AS s WHERE {self._is_deleted('s')} = 1")
        deleted = (
            link.run(f"DELETE FROM {self._target} WHERE EXISTS ({self._counterpart(deleted=1)})") if to_delete else 0
        )
        updated = self._update(link)
        inserted = link.run(
            f"INSERT INTO {self._target} ({self._columns}) SELECT {self._prefixed('s')} FROM {self._staged} AS s"
            f" LEFT JOIN {self._target} AS t ON {self._match('t', 's')}"
            f" WHERE t.{self.dialect.name(self.shape.key[0])} IS NULL AND {self._is_deleted('s')} = 0"
        )
        unchanged = staged - deleted - updated - inserted
        if rest_goes:
            deleted += link.run(f"DELETE FROM {self._target} WHERE NOT EXISTS ({self._counterpart(deleted=0)})")
        return Counts(landed=staged, inserted=inserted, updated=updated, unchanged=unchanged, deleted=deleted)

    def _update(self, link: Link) -> int:
        name = self.dialect.name
        others = [column.name for column in self.shape.columns if column.name not in self.shape.key]
        if not others:
            return 0
        same = " AND ".join(self.dialect.same.format(a=f"t.{name(word)}", b=f"s.{name(word)}") for word in others)
        return link.update(
            target=self._target, stage=self._staged, match=self._match("t", "s"),
            sets=[name(word) for word in others], differs=f"NOT ({same}) AND {self._is_deleted('s')} = 0",
        )  # fmt: skip

    def _counterpart(self, *, deleted: int) -> str:
        """Return the question for the row of the stage that belongs to one of the target."""
        return (
            f"SELECT 1 FROM {self._staged} AS s WHERE {self._match(self._target, 's')}"
            f" AND {self._is_deleted('s')} = {deleted}"
        )

    def _is_deleted(self, alias: str) -> str:
        return f"({alias}.{self.dialect.name(OPERATION_COLUMN)} = 'D')"

    def _match(self, one: str, other: str) -> str:
        name = self.dialect.name
        return " AND ".join(f"{one}.{name(word)} = {other}.{name(word)}" for word in self.shape.key)

    def _prefixed(self, alias: str) -> str:
        return ",".join(f"{alias}.{self.dialect.name(column.name)}" for column in self.shape.columns)

    @property
    def _target(self) -> str:
        return self.dialect.name(self.shape.name)

    @property
    def _staged(self) -> str:
        return self.dialect.name(self.stage)

    @property
    def _columns(self) -> str:
        return self.dialect.names([column.name for column in self.shape.columns])


def _number(link: Link, question: str) -> int:
    [[found]] = link.rows(question)
    return int(found or 0)
