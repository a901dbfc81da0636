"""One run's writing into a topic: each block and its progress in one transaction."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Self

import pyarrow as pa
from confluent_kafka import KafkaException

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.columns import batch_of
from onecity.platform.exchange.connectors.contract import Landed, NotUnderstood, WriteRequest
from onecity.platform.exchange.connectors.kafka.reading import messages, spans
from onecity.platform.exchange.connectors.kafka.session import WAIT_S, bounds, consumer, partitions, producer, reason
from onecity.platform.exchange.contracts.blocks import Block
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType
from onecity.platform.exchange.rules.casting import cast_column
from onecity.platform.exchange.rules.sums import Sums

PROGRESS: Final = "onecity.exchange.progress"
"""The topic (compacted, of one partition) that holds each run's progress under the run's name."""
_HEADER: Final = "onecity-run"
_LOT: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a run is. begin: offsets of the topic's partitions when it began."""

    block: int = 0
    after: Mapping[str, object] | None = None
    applied: bool = False
    counts: Counts = field(default_factory=Counts)
    begin: Mapping[str, int] = field(default_factory=dict)


class KafkaTarget:
    """Appends JSON objects. There is no stage: readers of committed messages see a block as soon as it has landed, so a
    threshold stops the blocks that follow, not those before. A producer of the same run elsewhere is shut out."""

    def __init__(self, request: WriteRequest, answers: Answers) -> None:
        self._request, self._answers = request, answers
        self._run = hashlib.sha256(request.run.encode()).hexdigest()[:20]
        self._progress = _Progress()

    def __enter__(self) -> Self:
        self._producer = producer(self._answers, f"onecity-{self._run}")
        self._call("init_transactions")
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.purge()

    def prepare(self) -> Landed:
        """Return what has landed. Raises: NotUnderstood, Unreachable."""
        known = self._known()
        if known is None:
            with closing(consumer(self._answers)) as client:
                topic = self._request.shape.name
                begin = {f"p{number}": bounds(client, topic, number)[1] for number in partitions(client, topic)}
            known = _Progress(begin=begin)
            self._commit([], known)
        self._progress = known
        after = None if known.after is None else {name: _plain(value) for name, value in known.after.items()}
        return Landed(block=known.block, after=after, applied=known.applied, counts=known.counts)

    def land(self, block: Block) -> None:
        """Send a block and its progress in one transaction. Raises: NotUnderstood, Unreachable."""
        if block.number <= self._progress.block:
            return
        names = [column.name for column in self._request.shape.columns]
        missing = [name for name in names if name not in block.rows.schema.names]
        if missing:
            raise NotUnderstood(zh("数据块缺少字段“{column}”"), params={"column": missing[0]})
        rows = block.rows.select(names).to_pylist()
        counts = replace(self._progress.counts, landed=self._progress.counts.landed + len(rows))
        self._commit(rows, replace(self._progress, block=block.number, after=dict(block.after), counts=counts))

    def apply(self) -> Counts:
        """Note that the run is whole; the rows stand in the topic already."""
        if not self._progress.applied:
            counts = replace(self._progress.counts, inserted=self._progress.counts.landed)
            self._commit([], replace(self._progress, applied=True, counts=counts))
        return self._progress.counts

    def sums(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the checksums over the run's messages, read from the topic."""
        wanted = [column for column in self._request.shape.columns if column.name in columns]
        sums = Sums(counted=[column.name for column in wanted if column.type is LogicalType.JSON])
        for rows in self._own_rows():
            texts = batch_of(rows, [ColumnShape(column.name, LogicalType.TEXT) for column in wanted])
            arrays = [
                cast_column(texts.column(column.name), to=column.type, precision=column.precision, scale=column.scale)
                for column in wanted
            ]
            names = [column.name for column in wanted]
            sums.add(pa.RecordBatch.from_arrays([array.values for array in arrays], names=names))
        return sums.result()

    def discard(self) -> None:
        """There is no stage to take away; what was sent stays sent."""

    def _own_rows(self) -> Iterator[list[dict[str, object]]]:
        topic = self._request.shape.name
        with closing(consumer(self._answers)) as client:
            for span in spans(client, topic, partitions(client, topic), self._progress.begin):
                for lot in messages(client, topic, span, at_most=_LOT):
                    own = [message for message in lot if (_HEADER, self._run.encode()) in (message.headers() or [])]
                    yield [json.loads(message.value() or b"{}") for message in own]

    def _known(self) -> _Progress | None:
        """Return the run's last progress."""
        found: _Progress | None = None
        with closing(consumer(self._answers)) as client:
            partitions(client, self._request.shape.name)
            try:
                whole = spans(client, PROGRESS, partitions(client, PROGRESS)[:1], {})
            except NotUnderstood:  # no run has written here before
                return None
            for span in whole:
                for lot in messages(client, PROGRESS, span, at_most=_LOT):
                    for message in lot:
                        if message.key() == self._run.encode() and message.value():
                            text = json.loads(message.value() or b"{}")
                            found = _Progress(**{**text, "counts": Counts(**text["counts"])})
        return found

    def _commit(self, rows: Sequence[Mapping[str, object]], progress: _Progress) -> None:
        self._call("begin_transaction", timed=False)
        try:
            self._send(rows)
            self._producer.produce(
                PROGRESS, json.dumps(asdict(progress), ensure_ascii=False).encode(), key=self._run.encode(), partition=0
            )
            self._producer.commit_transaction(WAIT_S * 6)
        except (KafkaException, BufferError) as error:
            self._call("abort_transaction")
            raise reason(error.args[0]) from None
        self._progress = progress

    def _send(self, rows: Sequence[Mapping[str, object]]) -> None:
        topic = self._request.shape.name
        headers: dict[str, str | bytes | None] = {_HEADER: self._run.encode()}
        for row in rows:
            key = "|".join(str(row[name]) for name in self._request.shape.key)
            text = json.dumps(row, ensure_ascii=False, default=_written).encode()
            try:
                self._producer.produce(topic, text, key=key.encode() or None, headers=headers)
            except BufferError:  # the queue is full: let it run empty first
                self._producer.flush(WAIT_S * 6)
                self._producer.produce(topic, text, key=key.encode() or None, headers=headers)

    def _call(self, name: str, *, timed: bool = True) -> None:
        try:
            getattr(self._producer, name)(*([WAIT_S * 3] if timed else []))
        except KafkaException as error:
            raise reason(error.args[0]) from None


def _written(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _plain(value: object) -> str | int | float | None:
    return value if isinstance(value, str | int | float) else None
