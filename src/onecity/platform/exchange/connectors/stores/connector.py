"""What the connectors for folders, object stores and SFTP have in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.contract import Target, WriteRequest
from onecity.platform.exchange.connectors.formats.contract import OPTIONS as FORMAT_OPTIONS
from onecity.platform.exchange.connectors.formats.contract import manner_of
from onecity.platform.exchange.connectors.stores.contract import Store
from onecity.platform.exchange.connectors.stores.reading import FileReader
from onecity.platform.exchange.connectors.stores.target import LOADINGS, FileTarget
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.tables import TableShape

OPTIONS: Final = (
    OptionField("pattern", zh("文件名模式"), default="*", help=zh("如 人口_*.csv")),
    OptionField(
        "together", zh("合为一张表"), type="boolean", default=False, help=zh("符合模式的文件按文件名次序合为一张表")
    ),
    *FORMAT_OPTIONS,
)


class StoreConnector(ABC):
    """Files of one kind of store."""

    options: Sequence[OptionField]
    readings: frozenset[Reading] = frozenset({Reading.FULL, Reading.BY_CURSOR})
    loadings: frozenset[Loading] = LOADINGS

    @abstractmethod
    def store(self, answers: Answers) -> Store:
        """Return the store of a place, not yet opened."""

    def check(self, place: Place) -> None:
        """Open the store and list it. Raises: Unreachable, NotUnderstood."""
        with self._reader_store(place) as store:
            store.entries()

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return the tables in files that fit the pattern. Raises: Unreachable."""
        with self._reader_store(place) as store:
            return self._reader(place, store).shapes()

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield blocks in the order of files and rows. Raises: Unreachable, NotUnderstood."""
        with self._reader_store(place) as store:
            yield from self._reader(place, store).blocks(request)

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Return the writing of one run. Raises: NotUnderstood for formats that are only read."""
        answers = Answers(place, self.options)
        return FileTarget(
            request, connect=lambda: self.store(answers), manner=manner_of(answers), told=answers.text("format")
        )

    def _reader_store(self, place: Place) -> Store:
        return self.store(Answers(place, self.options))

    def _reader(self, place: Place, store: Store) -> FileReader:
        answers = Answers(place, self.options)
        return FileReader(
            store, manner_of(answers), answers.text("format"), answers.text("pattern"), answers.flag("together")
        )
