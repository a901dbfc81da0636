"""Several processes at the same work at once, each with connections of its own, as a city's servers are."""

import multiprocessing
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Final, Self

from django.db import connections

Deeds = Mapping[str, Callable[[int], object]]
"""What a member can do, by name: so many times."""
_FORK: Final = multiprocessing.get_context("fork")


class Crew:
    """Members begin together and are waited for. make: called in each member's process with its place from 0 on."""

    def __init__(self, number: int, make: Callable[[int], Deeds]) -> None:
        connections.close_all()  # a member must not speak on its maker's lines
        self._lines: list[Connection] = []
        self._members = []
        for place in range(number):
            mine, theirs = _FORK.Pipe()
            member = _FORK.Process(target=_serve, args=(theirs, make, place), daemon=True)
            member.start()
            theirs.close()
            self._lines.append(mine)
            self._members.append(member)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.send(None)
            line.close()
        for member in self._members:
            member.join(30)

    def do(self, deed: str, *, times: int) -> int:
        """Have every member do something so many times; return how often it was done in all.

        Raises: RuntimeError if a member failed.
        """
        for line in self._lines:
            line.send((deed, times))
        failures = [failure for line in self._lines if (failure := line.recv())]
        if failures:
            raise RuntimeError("; ".join(failures))
        return times * len(self._lines)


def _serve(line: Connection, make: Callable[[int], Deeds], place: int) -> None:
    deeds = make(place)
    while (asked := line.recv()) is not None:
        deed, times = asked
        try:
            deeds[deed](times)
        except Exception as error:  # noqa: BLE001  # told to the one who asked
            line.send(f"{type(error).__name__}: {error}")
        else:
            line.send("")
    connections.close_all()
