"""Tiles kept in this process, and when they must go.

A tile is kept only while the process hears of changes. Each change raises the generation of its layer; a tile whose
SQL began under an older generation is not taken in, since its snapshot may be older than the change.
"""

import gzip
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zlib import adler32, crc32

from onecity.platform.geo.contracts import Box
from onecity.platform.geo.rules.tiles import Tile, touches

Key = tuple[tuple[str, ...], Tile]
WORTH_PACKING: Final = 1_024
OVERHEAD: Final = 600
"""Bytes that an entry costs beside its contents, about."""


@dataclass(slots=True)
class Kept:
    """A tile's bytes, their mark, and, once somebody asked for it, the packed form."""

    body: bytes
    mark: str
    packed: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.body) + len(self.packed or b"") + OVERHEAD


def mark_of(body: bytes) -> str:
    """Return a weak entity tag: the same for the same tile, packed or not, in every process.

    Two checksums and the length: this tells a changed tile from the one before it and keeps nobody out, so it need
    not withstand an adversary.
    """
    return f'W/"{crc32(body):08x}{adler32(body):08x}{len(body):x}"'


class TileCache:
    """The least recently used tiles go first when there are more than `largest` bytes."""

    def __init__(self, *, largest: int) -> None:
        self._largest = largest
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._keys: dict[str, set[Key]] = {}
        self._generations: dict[str, int] = {}
        self._hears = False
        self.size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def hear(self) -> None:
        """Begin to keep tiles: from now on every change will be told."""
        self.forget()
        self._hears = True

    def deafen(self) -> None:
        """Give up all tiles and keep none: changes are no longer heard."""
        self._hears = False
        self.forget()

    def forget(self) -> None:
        """Give up all tiles, also those that are being made."""
        self._kept.clear()
        self._keys.clear()
        self.size = 0
        self._generations = {layer: number + 1 for layer, number in self._generations.items()}

    def generation(self, layers: Sequence[str]) -> tuple[int, ...]:
        """Return the generations of `layers`; take it before the tile's SQL begins."""
        return tuple(self._generations.setdefault(layer, 0) for layer in layers)

    def get(self, key: Key) -> Kept | None:
        """Return a kept tile, and count it as used."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, kept: Kept, *, generation: tuple[int, ...]) -> bool:
        """Keep a tile unless one of its layers has changed since `generation`; returns whether it was kept."""
        if not self._hears or generation != self.generation(key[0]) or kept.size > self._largest // 8:
            return False
        self._drop(key)
        self._kept[key] = kept
        self.size += kept.size
        for layer in key[0]:
            self._keys.setdefault(layer, set()).add(key)
        self._shrink()
        return True

    def packed(self, key: Key, kept: Kept) -> bytes:
        """Return the packed form of a kept tile; made when it is asked for again, so that new tiles never wait."""
        if kept.packed is None:
            kept.packed = gzip.compress(kept.body, compresslevel=5, mtime=0)
            if self._kept.get(key) is kept:
                self.size += len(kept.packed)
                self._shrink()
        return kept.packed

    def changed(self, layer: str, *, box: Box | None) -> None:
        """Give up the tiles that show `layer` within `box` (degrees; None is everywhere), also those being made."""
        self._generations[layer] = self._generations.get(layer, 0) + 1
        for key in list(self._keys.get(layer, ())):
            if box is None or touches(key[1].box, box):
                self._drop(key)

    def _shrink(self) -> None:
        while self.size > self._largest:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.size -= kept.size
            for layer in key[0]:
                self._keys[layer].discard(key)
