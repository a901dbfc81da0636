"""Places behind exchange nodes, as the hub sees them: known by what the node reports, carried by the node itself."""

from collections.abc import Callable, Iterator, Sequence

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood, Target, Unreachable, WriteRequest
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading, ReadRequest
from onecity.platform.exchange.contracts.nodes import NODE_KIND, NodePlace
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.tables import TableShape

Reported = Callable[[str, str], NodePlace]
_reported: list[Reported] = []


def install(reported: Reported) -> None:
    """Say who knows what nodes report: (node, place) → NodePlace; raises Unreachable for a node that is silent."""
    _reported[:] = [reported]


class NodeConnector:
    """A place that only its node can reach. Runs with such a place are carried out by the node."""

    kind: str = NODE_KIND
    title: str = zh("前置机上的数据源")
    options: Sequence[OptionField] = (
        OptionField("node", zh("前置机编码"), required=True),
        OptionField("place", zh("前置机上的数据源名称"), required=True),
    )
    readings: frozenset[Reading] = frozenset(Reading)
    loadings: frozenset[Loading] = frozenset(Loading)

    def check(self, place: Place) -> None:
        """See that the node is there and reaches the place. Raises: Unreachable."""
        found = self._place(place)
        if found.fault:
            raise Unreachable(params={"reason": found.fault})

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return the tables that the node reported. Raises: Unreachable."""
        return self._place(place).tables

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Refuse: the hub never reaches into a department. Raises: NotUnderstood."""
        raise NotUnderstood(params={"reason": zh("该数据源只能由其前置机读取")})

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Refuse, as `read`. Raises: NotUnderstood."""
        raise NotUnderstood(params={"reason": zh("该数据源只能由其前置机写入")})

    def _place(self, place: Place) -> NodePlace:
        if not _reported:
            raise Unreachable(params={"reason": zh("前置机服务未启用")})
        return _reported[0](str(place.options["node"]), str(place.options["place"]))
