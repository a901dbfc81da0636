"""The hub's places and the hub's journal, as the engine on a node sees them."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

import msgspec
import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.frames import frame, unframe
from onecity.platform.exchange.codecs.plans import to_json
from onecity.platform.exchange.connectors.contract import Landed, NotUnderstood, Target, WriteRequest
from onecity.platform.exchange.contracts.blocks import Block, Loading, Position, Reading, ReadRequest
from onecity.platform.exchange.contracts.nodes import HUB_KIND, PartCall, ProgressCall, SourceCall
from onecity.platform.exchange.contracts.outcomes import BadRow, Counts
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.tables import TableShape
from onecity.platform.exchange.node.client import HubClient

REPORT_EVERY_S: Final = 1.0
_NOTHING: Final = b"{}"
T = TypeVar("T")


class HubTarget:
    """The hub's target of one run and part; what is repeated does nothing, as everywhere."""

    def __init__(self, client: HubClient, path: str, *, part: int) -> None:
        self._client, self._path, self._part = client, f"{path}/target", part

    def __enter__(self) -> Target:
        return self

    def __exit__(self, *_: object) -> None: ...

    def prepare(self) -> Landed:
        """Open the stage at the hub."""
        return self._ask("prepare", Landed)

    def land(self, block: Block) -> None:
        """Send a block; it has landed when the hub answers."""
        self._client.post(f"{self._path}/land", frame(block), part=self._part)

    def apply(self) -> Counts:
        """Have the hub apply the stage."""
        return self._ask("apply", Counts)

    def sums(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the target's checksums."""
        return self._ask("sums", dict[str, str], tuple(columns))

    def discard(self) -> None:
        """Have the hub take the stage away."""
        self._client.post(f"{self._path}/discard", self._call(()))

    def _ask(self, call: str, kind: type[T], columns: tuple[str, ...] = ()) -> T:
        answer = self._client.post(f"{self._path}/{call}", self._call(columns))
        return msgspec.json.decode(answer or _NOTHING, type=kind)

    def _call(self, columns: tuple[str, ...]) -> bytes:
        return msgspec.json.encode(to_json(PartCall(self._part, columns)))


class HubConnector:
    """The hub as source or target of the run that it gave."""

    kind: str = HUB_KIND
    title: str = zh("交换中心")
    options: Sequence[OptionField] = ()
    readings: frozenset[Reading] = frozenset(Reading)
    loadings: frozenset[Loading] = frozenset(Loading)

    def __init__(self, client: HubClient, task: int) -> None:
        self._client, self._path = client, f"/v1/tasks/{task}"

    def check(self, place: Place) -> None:
        """Do nothing: the run came from the hub."""

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Refuse: a node sees of the hub what a run gives it. Raises: NotUnderstood."""
        raise NotUnderstood(params={"reason": HUB_KIND})

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield the hub's blocks from a position on."""
        since: Position | None = request.since
        number = 0
        while True:
            call = SourceCall(request.columns, since, key_from=request.key_from, key_to=request.key_to)
            body = self._client.post(f"{self._path}/source", msgspec.json.encode(to_json(call)))
            if body is None:
                return
            block = unframe(body)
            number, since = number + 1, block.after
            yield Block(number, block.rows, block.after)

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Return the hub's target; which one it is, the hub knows."""
        return HubTarget(self._client, self._path, part=request.part)


class NodeJournal:
    """Tells the hub how a run goes; a wish to stop comes back as StopRun."""

    def __init__(self, client: HubClient, task: int) -> None:
        self._client, self._path, self._told_at = client, f"/v1/tasks/{task}", 0.0

    def refused(self, block: int, rows: Sequence[BadRow]) -> None:
        """Have the hub keep what was refused."""
        self._tell("refused", {"block": block, "rows": to_json(rows)})

    def progress(self, counts: Counts, blocks: int) -> None:
        """Tell how far the run is, at most once a second. Raises: StopRun."""
        if time.monotonic() - self._told_at >= REPORT_EVERY_S:
            self._told_at = time.monotonic()
            self._tell("progress", to_json(ProgressCall(counts, blocks)))

    def reference(self, name: str) -> pa.Array:
        """Return a reference set from the hub."""
        body = self._client.post(f"{self._path}/reference", msgspec.json.encode(name))
        with pa.ipc.open_stream(body) as stream:
            return stream.read_all().column("value").combine_chunks()

    def measured(self, failed_checks: Mapping[str, int]) -> None:
        """Tell how many rows failed each check."""
        self._tell("measured", dict(failed_checks))

    def _tell(self, call: str, value: object) -> None:
        self._client.post(f"{self._path}/{call}", msgspec.json.encode(value))
