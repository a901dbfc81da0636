"""Takes numbers and stretches of bytes off the front of a binary message."""

from typing import Literal


class Short(ValueError):
    """The message ends before what it should hold."""


class Octets:
    """A place in a message. order: "big" or "little", of every whole number in it."""

    __slots__ = ("_at", "_data", "_order")

    def __init__(self, data: bytes, *, order: Literal["big", "little"] = "big") -> None:
        self._data = data
        self._at = 0
        self._order = order

    @property
    def left(self) -> int:
        """How many bytes have not been taken."""
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        """Take `count` bytes.

        Raises: Short.
        """
        end = self._at + count
        if end > len(self._data):
            raise Short(f"{count} bytes wanted, {self.left} left")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def number(self, size: int, *, signed: bool = False) -> int:
        """Take a whole number of `size` bytes.

        Raises: Short.
        """
        return int.from_bytes(self.take(size), self._order, signed=signed)

    def rest(self) -> bytes:
        """Take all that is left."""
        return self.take(self.left)
