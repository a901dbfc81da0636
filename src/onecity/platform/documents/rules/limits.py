"""How large things may be. None of the figures comes from a standard: they are parameters."""

from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what is taken in.

    largest_bytes: of one file. most_files: in one go. most_pixels: of one image, before it is decoded.
    longest_name: characters, ending included. most_entries, most_unpacked_bytes, most_ratio: of a packed document
    (docx, ofd …), against archives that burst. thumbnail_side: longest side in pixels.
    """

    largest_bytes: int = 20 * MIB
    most_files: int = 20
    most_pixels: int = 64_000_000
    longest_name: int = 120
    most_entries: int = 5_000
    most_unpacked_bytes: int = 400 * MIB
    most_ratio: int = 200
    thumbnail_side: int = 480
