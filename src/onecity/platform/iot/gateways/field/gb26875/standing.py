"""What stands at a transmitter as a whole, gathered from what its systems and their components say one by one."""

from collections.abc import Mapping
from typing import Final

from onecity.platform.iot.codecs.gb26875.tables import Bit
from onecity.platform.iot.codecs.gb26875.units import Part, System

Source = System | Part
MOST_SOURCES: Final = 10_000
_ITSELF: Final = System(-1, -1)


class Standing:
    """Fires, faults … by who reported them on this line.

    A component's all-clear is the transmitter's only if no other one stands and it had been heard to stand here: what
    stood before the line was made is not known. A system speaks for its components, the transmitter for everything.
    """

    def __init__(self) -> None:
        self._sources: dict[str, set[Source]] = {}

    def component(self, part: Part, state: int, *, bits: Mapping[int, Bit]) -> list[tuple[str, int]]:
        """Take a component's state; return what is now known of the transmitter, by property code."""
        told = []
        for bit, item in bits.items():
            sources = self._sources.setdefault(item.code, set())
            if state >> bit & 1:
                if len(sources) < MOST_SOURCES:
                    sources.add(part)
                told.append((item.code, 1))
            elif part in sources:
                sources.discard(part)
                if not sources:
                    told.append((item.code, 0))
        return told

    def system(self, system: System, state: int, *, bits: Mapping[int, Bit]) -> list[tuple[str, int]]:
        """Take a system's state; return what is now known of the transmitter."""
        told = []
        for bit, item in bits.items():
            sources = self._sources.setdefault(item.code, set())
            if state >> bit & 1:
                sources.add(system)
            else:
                sources -= {source for source in sources if source == system or _system_of(source) == system}
            told.append((item.code, int(bool(sources))))
        return told

    def transmitter(self, state: int, *, bits: Mapping[int, Bit]) -> list[tuple[str, int]]:
        """Take the transmitter's own state, which is told as it is, and ends everything that it says is over."""
        for bit, item in bits.items():
            if state >> bit & 1:
                self._sources.setdefault(item.code, set()).add(_ITSELF)
            else:
                self._sources.pop(item.code, None)
        return [(item.code, state >> bit & 1) for bit, item in bits.items()]


def _system_of(source: Source) -> System:
    return source.system if isinstance(source, Part) else source
