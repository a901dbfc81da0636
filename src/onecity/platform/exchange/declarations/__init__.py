"""What exchange plugs into the city: one file for each of its subjects."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.exchange.declarations import catalogue, flows, nodes, sharing

DECLARATION = Domain(
    code="exchange",
    name=zh("数据共享交换"),
    items=(*catalogue.ITEMS, *sharing.ITEMS, *flows.ITEMS, *nodes.ITEMS),
)
