"""Files in a folder of this machine."""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.folders import allowed
from onecity.platform.exchange.connectors.stores.contract import Entry, hidden, safe


class LocalStore:
    """A folder. Names that start with a dot are not listed; links are not followed out of it."""

    def __init__(self, folder: str) -> None:
        self._root = allowed(folder)

    def __enter__(self) -> Self:
        if not self._root.is_dir():
            raise Unreachable(zh("连接不上对方：文件夹不存在"))
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to hang up."""

    def entries(self, under: str = "") -> Sequence[Entry]:
        """Return the files in order of their names."""
        with _translated():
            found = [self._entry(path) for path in sorted((self._root / under).rglob("*")) if path.is_file()]
        return [entry for entry in found if under or not _is_hidden(entry.name)]

    def find(self, name: str) -> Entry | None:
        """Return one file, None if it is not there."""
        path = self._path(name)
        with _translated():
            return self._entry(path) if path.is_file() else None

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        try:
            return self._path(name).open("rb")
        except FileNotFoundError:
            raise NotUnderstood(zh("文件“{name}”不存在"), params={"name": name}) from None
        except OSError as error:
            raise Unreachable(params={"reason": type(error).__name__}) from None

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write a whole file beside its place, sync it, then rename it."""
        path = self._path(name)
        draft = path.with_name(f".{path.name}.onecity-draft")
        with _translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            _sync(path.parent)

    def remove(self, under: str) -> None:
        """Remove a folder and all in it."""
        with suppress(FileNotFoundError), _translated():
            shutil.rmtree(self._path(under))

    def _path(self, name: str) -> Path:
        path = (self._root / safe(name)).resolve()
        if not path.is_relative_to(self._root):
            raise NotUnderstood(zh("文件名“{name}”不合规"), params={"name": name})
        return path

    def _entry(self, path: Path) -> Entry:
        known = path.stat()
        return Entry(path.relative_to(self._root).as_posix(), known.st_size, f"{known.st_size}-{known.st_mtime_ns}")


def _is_hidden(name: str) -> bool:
    return hidden(name) or any(part.startswith(".") for part in Path(name).parts)


def _sync(folder: Path) -> None:
    """Bring a folder's names to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreachable(params={"reason": type(error).__name__}) from None
