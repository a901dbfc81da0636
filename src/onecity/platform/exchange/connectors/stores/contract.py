"""What a store of files promises."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Final, Protocol

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood

STAGES: Final = ".onecity-stage"
"""The folder under a store's root in which runs keep what has landed. It is never listed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. name: path from the store's root with slashes; mark: changes whenever the content does."""

    name: str
    size: int
    mark: str


class Store(Protocol):
    """The files under one root (context manager: hangs up). Raises everywhere: Unreachable, NotUnderstood."""

    def __enter__(self) -> "Store": ...

    def __exit__(self, *_: object) -> None: ...

    def entries(self, under: str = "") -> Sequence[Entry]:
        """Return the files in order of their names; those of stages only where `under` names the stage's folder."""

    def find(self, name: str) -> Entry | None:
        """Return one file, None if it is not there."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; it can be sought in."""

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write a whole file: nobody sees it before it is whole and on disk; one of the same name is replaced."""

    def remove(self, under: str) -> None:
        """Remove a folder and all in it; nothing if it is not there."""


def safe(name: str) -> str:
    """Return a file's name. Raises: NotUnderstood where it leads out of the store."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise NotUnderstood(zh("文件名“{name}”不合规"), params={"name": name})
    return str(path)


def hidden(name: str) -> bool:
    """Say whether a file belongs to a stage."""
    return PurePosixPath(name).parts[:1] == (STAGES,)
