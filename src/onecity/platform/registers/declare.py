"""What modules declare to the registers: the registers themselves, so that one rule of sources holds for all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RegisterField:
    """One field of a register's entries.

    key: other values of it need a decision even when the answerable source brings them. personal: a value that lost is
    kept sealed, and shown masked.
    """

    name: str
    title: str
    key: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision on a contested value that is to be written into the entry. value: canonical text, "" for none.

    source_id, observed_at: the value's origin from now on. now: city time.
    """

    entry_id: int
    field: str
    value: str
    source_id: int
    observed_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Register:
    """A register whose values have answerable sources.

    write: puts a decided value into the entry, in the caller's transaction, with history and audit. url_name: of an
    entry's page, which takes the entry's id.
    """

    code: str
    name: str
    fields: tuple[RegisterField, ...]
    write: Callable[[Ruling], None]
    url_name: str

    def field(self, name: str) -> RegisterField:
        """Return a field by its name. Raises: KeyError."""
        return {item.name: item for item in self.fields}[name]
