"""Reading JSON whose shape is not trusted: each value with its place, each fault with a sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

from onecity.kernel.text import zh

MISSING: Final = zh("此项必填")
NO_TEXT: Final = zh("应为文字")
NO_NUMBER: Final = zh("应为数字")
NO_LIST: Final = zh("应为列表")
NO_OBJECT: Final = zh("应为对象")
TOO_LONG: Final = zh("文字过长")
NO_FLAG: Final = zh("应为 true 或 false")
NO_CHOICE: Final = zh("没有这个选项")
TOO_MANY: Final = zh("项数过多")
MOST_ITEMS: Final = 300
Made = TypeVar("Made")
Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(slots=True)
class Faults:
    """Faults by place, such as `properties.2.code`; the first of a place stays."""

    found: dict[str, str] = field(default_factory=dict)

    def note(self, place: str, sentence: str) -> None:
        """Note a fault."""
        self.found.setdefault(place, sentence)


@dataclass(frozen=True, slots=True)
class Part:
    """One object of the document and where it stands."""

    values: Mapping[str, object]
    place: str
    faults: Faults

    def at(self, name: str) -> str:
        """Return the place of one of its values."""
        return f"{self.place}.{name}" if self.place else name

    def fault(self, name: str, sentence: str) -> None:
        """Note a fault of one of its values."""
        self.faults.note(self.at(name), sentence)

    def text(self, name: str, default: str | None = None, *, longest: int = 80) -> str:
        """Return a text; without a default it must be there and not be blank."""
        value = self.values.get(name, default)
        if value is None or (default is None and value == ""):
            self.fault(name, MISSING)
        elif not isinstance(value, str) or "\0" in value:
            self.fault(name, NO_TEXT)
        elif len(value) > longest:
            self.fault(name, TOO_LONG)
        else:
            return value.strip()
        return ""

    def number(self, name: str) -> float | None:
        """Return a number; None where there is none."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
            self.fault(name, NO_NUMBER)
            return None
        return float(value)

    def integer(self, name: str, default: int, *, lowest: int, highest: int) -> int:
        """Return a whole number within bounds."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            self.fault(name, zh("整数超出允许的范围"))
            return default
        return value

    def flag(self, name: str, default: bool) -> bool:  # noqa: FBT001  # the value itself
        """Return true or false."""
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            self.fault(name, NO_FLAG)
            return default
        return value

    def choice(self, name: str, kind: type[Kind], default: Kind) -> Kind:
        """Return one of a closed list of words."""
        value = self.values.get(name, default.value)
        try:
            return kind(str(value))
        except ValueError:
            self.fault(name, NO_CHOICE)
            return default

    def each(self, name: str, read: Callable[["Part"], Made], *, most: int = MOST_ITEMS) -> tuple[Made, ...]:
        """Return what `read` makes of each object of a list."""
        items = self.values.get(name, ())
        if not isinstance(items, Sequence) or isinstance(items, str):
            self.fault(name, NO_LIST)
            return ()
        if len(items) > most:
            self.fault(name, TOO_MANY)
            return ()
        made = []
        for number, item in enumerate(items):
            place = f"{self.at(name)}.{number}"
            if isinstance(item, Mapping):
                made.append(read(Part(item, place, self.faults)))
            else:
                self.faults.note(place, NO_OBJECT)
        return tuple(made)

    def unique(self, name: str, codes: Sequence[object], *, inside: str = "code") -> None:
        """Note a fault wherever one of a list's codes comes again."""
        seen: set[object] = set()
        for number, code in enumerate(codes):
            if code in seen and code != "":
                self.faults.note(f"{self.at(name)}.{number}.{inside}", zh("编码重复"))
            seen.add(code)
