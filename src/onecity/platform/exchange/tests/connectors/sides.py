"""What differs between kinds of connectors in the tests that all of them must pass."""

from collections.abc import Callable
from dataclasses import dataclass, field

from onecity.platform.exchange.connectors.contract import Connector
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.blocks import Block, Loading
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.tests.connectors.people import blocks, write


@dataclass(frozen=True)
class Side:
    """One kind with a place of its own.

    seed: fills the table of people there with blocks, if the kind cannot itself;

    loading: what a run of this kind ends with; dead: where nobody answers; intruder: a place with a wrong secret.
    """

    place: Place
    dead: Place
    intruder: Place | None = None
    loading: Loading | None = Loading.SWAP
    table: str = "people"
    seed: Callable[[list[Block]], None] | None = field(default=None)

    @property
    def connector(self) -> Connector:
        """Return the connector."""
        return connector(self.place.kind)

    def fill(self, count: int = 3) -> None:
        """Put people there: ten a block."""
        if self.seed is not None:
            self.seed(list(blocks(count=count)))
        elif self.loading is not None:
            write(self.connector, self.place, blocks(count=count), run="seed", table=self.table, loading=self.loading)
