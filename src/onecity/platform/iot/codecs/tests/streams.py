"""What streams of frames may hold, and a cutter's work on them."""

from collections.abc import Callable, Sequence

from onecity.platform.iot.codecs.cutting import Cutter, Piece


def run(make: Callable[[], Cutter], stream: bytes, *, cuts: Sequence[int] = ()) -> list[Piece]:
    """Feed a stream in pieces to a new cutter and settle it."""
    cutter, found, at = make(), [], 0
    for cut in [*sorted(cuts), len(stream)]:
        found += cutter.feed(stream[at:cut])
        at = cut
    return [*found, *cutter.settle()]


def whole(pieces: Sequence[Piece]) -> list[bytes]:
    """Return the frames among the pieces."""
    return [piece.raw for piece in pieces if piece.fault is None]
