"""What nodes ask and what they are told: each call in a thread of its own, with the database at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec
import pyarrow as pa

from onecity.kernel import clock
from onecity.platform.exchange.codecs.frames import frame, unframe
from onecity.platform.exchange.codecs.plans import to_json
from onecity.platform.exchange.contracts.nodes import FailedCall, Hello, PartCall, ProgressCall, SourceCall
from onecity.platform.exchange.contracts.outcomes import BadRow, Outcome
from onecity.platform.exchange.models import ExchangeNode, NodeTask, Run
from onecity.platform.exchange.services.flows.quarantine.keeping import keep_refused, refuse_again
from onecity.platform.exchange.services.flows.references import reference
from onecity.platform.exchange.services.nodes import tasks, touching

T = TypeVar("T")
SOURCES: Final = touching.Sources()


@dataclass(frozen=True, slots=True)
class Refusals:
    """Rows of a block that the node's engine refused."""

    block: int
    rows: tuple[BadRow, ...]


def hello(node: ExchangeNode, body: bytes) -> bytes:
    """Take what a node says of itself."""
    tasks.greet(node, msgspec.json.decode(body, type=Hello), now=clock.real_now())
    return msgspec.json.encode({"code": node.code, "name": node.name})


def work(node: ExchangeNode) -> bytes | None:
    """Return the next run, or None."""
    found = tasks.next_work(node, now=clock.real_now())
    return None if found is None else msgspec.json.encode(to_json(found))


def on_task(node: ExchangeNode, task_id: int, call: str, body: bytes, part: int) -> bytes | None:
    """Do what a node asks for one of its runs. None: there is nothing more. Raises: kernel errors; RowsRefused."""
    task = tasks.open_task(node, task_id)
    return _CALLS[call](task, body, part)


def _progress(task: NodeTask, body: bytes, _: int) -> bytes:
    tasks.report(task, msgspec.json.decode(body, type=ProgressCall), now=clock.real_now())
    return b"{}"


def _refused(task: NodeTask, body: bytes, _: int) -> bytes:
    found = msgspec.json.decode(body, type=Refusals)
    if task.run.trigger == Run.Trigger.REPLAY:
        refuse_again(task.run, rows=found.rows)
    else:
        keep_refused(task.run, block=found.block, rows=found.rows, now=clock.city_now())
    return b"{}"


def _measured(task: NodeTask, body: bytes, _: int) -> bytes:
    Run.objects.filter(id=task.run_id).update(failed_checks=msgspec.json.decode(body, type=dict[str, int]))
    return b"{}"


def _reference(task: NodeTask, body: bytes, _: int) -> bytes:
    values = reference(task.run.version, msgspec.json.decode(body, type=str))
    sink = pa.BufferOutputStream()
    table = pa.table({"value": values})
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def _prepare(task: NodeTask, body: bytes, _: int) -> bytes:
    return _encoded(touching.prepare(task, _decoded(body, PartCall)))


def _land(task: NodeTask, body: bytes, part: int) -> bytes:
    touching.land(task, unframe(body), part=part)
    return b"{}"


def _apply(task: NodeTask, body: bytes, _: int) -> bytes:
    return _encoded(touching.apply(task, _decoded(body, PartCall)))


def _sums(task: NodeTask, body: bytes, _: int) -> bytes:
    return _encoded(touching.sums(task, _decoded(body, PartCall)))


def _discard(task: NodeTask, body: bytes, _: int) -> bytes:
    touching.discard(task, _decoded(body, PartCall))
    return b"{}"


def _source(task: NodeTask, body: bytes, _: int) -> bytes | None:
    block = SOURCES.next_block(task, _decoded(body, SourceCall))
    return None if block is None else frame(block)


def _done(task: NodeTask, body: bytes, _: int) -> bytes:
    SOURCES.forget(task.id)
    tasks.end(task, outcome=msgspec.json.decode(body, type=Outcome), now=clock.real_now())
    return b"{}"


def _failed(task: NodeTask, body: bytes, _: int) -> bytes:
    SOURCES.forget(task.id)
    call = _decoded(body, FailedCall)
    tasks.end(task, error=call.sentence, again=call.again, now=clock.real_now())
    return b"{}"


def _decoded(body: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(body, type=kind)


def _encoded(value: object) -> bytes:
    return msgspec.json.encode(to_json(value))


_CALLS: Final[dict[str, Callable[[NodeTask, bytes, int], bytes | None]]] = {
    "progress": _progress,
    "refused": _refused,
    "measured": _measured,
    "reference": _reference,
    "target/prepare": _prepare,
    "target/land": _land,
    "target/apply": _apply,
    "target/sums": _sums,
    "target/discard": _discard,
    "source": _source,
    "done": _done,
    "failed": _failed,
}
CALLS: Final = frozenset(_CALLS)
