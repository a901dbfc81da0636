"""What a module declares, and the small registries in which capabilities keep their own kind.

A registry checks type, prefix and uniqueness on entry, closes at first use and refuses latecomers, so that no
part of the city is half known. Tests build registries of their own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

CODE_PATTERN = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


class Declared(Protocol):
    """Anything with a code that stays forever."""

    @property
    def code(self) -> str: ...


T = TypeVar("T", bound=Declared)


@dataclass(frozen=True, slots=True)
class Domain:
    """One module's declaration: its code, its Chinese name and everything it plugs into the platform."""

    code: str
    name: str
    items: tuple[Declared, ...]


class DeclarationError(Exception):
    """A declaration breaks a rule; the process must not start."""


class Registry(Generic[T]):
    """All declared items of one kind, by code."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._items: dict[str, T] = {}
        self._closed = False

    def add(self, item: T, *, owner: str) -> None:
        """Take in one item.

        owner: code of the declaring module; the item's code must begin with `owner.`.
        Raises: DeclarationError if the type, form, prefix or uniqueness is broken, or if the registry was read already.
        """
        label = f"{self._kind.__name__} {item.code!r}"
        if self._closed:
            raise DeclarationError(f"{label}: the registry has been read already")
        if not isinstance(item, self._kind):
            raise DeclarationError(f"{label}: is a {type(item).__name__}")
        if not CODE_PATTERN.fullmatch(item.code):
            raise DeclarationError(f"{label}: codes are lower-case words joined by dots")
        if not item.code.startswith(f"{owner}."):
            raise DeclarationError(f"{label}: must begin with {owner}.")
        if item.code in self._items:
            raise DeclarationError(f"{label}: declared twice")
        self._items[item.code] = item

    def collect(self, domain: Domain) -> None:
        """Take in every item of this registry's kind that `domain` declares."""
        for item in domain.items:
            if isinstance(item, self._kind):
                self.add(item, owner=domain.code)

    def get(self, code: str) -> T | None:
        """Return the item with this code, or None; closes the registry."""
        self._closed = True
        return self._items.get(code)

    def __getitem__(self, code: str) -> T:
        self._closed = True
        return self._items[code]

    def __contains__(self, code: object) -> bool:
        self._closed = True
        return code in self._items

    def __iter__(self) -> Iterator[T]:
        self._closed = True
        return iter(sorted(self._items.values(), key=lambda item: item.code))

    def __len__(self) -> int:
        self._closed = True
        return len(self._items)


_domains: dict[str, Domain] = {}


def declare(domain: Domain) -> None:
    """Enter a module's declaration; called once by its AppConfig, before any registry is read.

    Raises: DeclarationError if a module with this code has declared already.
    """
    if domain.code in _domains:
        raise DeclarationError(f"module {domain.code!r} declares twice")
    _domains[domain.code] = domain


def declared(kind: type[T]) -> Registry[T]:
    """Return a fresh registry of every declared item of `kind`; capabilities keep it once apps are ready."""
    registry = Registry(kind)
    for domain in domains():
        registry.collect(domain)
    return registry


def domains() -> Iterable[Domain]:
    """Return all declarations, ordered by code."""
    return sorted(_domains.values(), key=lambda domain: domain.code)
