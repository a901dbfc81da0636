"""What a statement is put together from: numbered parameters, and SQL texts that know what they hold."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

Holds = Literal["text", "number", "truth", "instant", "date", "clock", "duration", "geometry", "json", "null"]
_AS_NUMBER: Final = "CASE jsonb_typeof({sql}) WHEN 'number' THEN ({sql} #>> '{{}}')::double precision END"
_AS_TRUTH: Final = "CASE jsonb_typeof({sql}) WHEN 'boolean' THEN ({sql} #>> '{{}}')::boolean END"


class WrongType(Invalid):
    """An expression puts things together that do not fit."""

    code = "iot.sensorthings_type"
    message = zh("表达式中的数据类型不符：{text}")


class Parameters:
    """A statement's parameters. No value of a request ever becomes text of a statement."""

    def __init__(self, *first: object) -> None:
        self.values: list[object] = list(first)

    def add(self, value: object, cast: str) -> str:
        """Take a value; return its place, cast to a type of PostgreSQL."""
        self.values.append(value)
        return f"${len(self.values)}::{cast}"


@dataclass(frozen=True, slots=True)
class Value:
    """A SQL text and what it holds.

    until: the end of a period that `sql` begins. bound: an indexed column that is never earlier than a period's begin
    and less than a second later. number: of a result that may hold one. whole: a number as a whole one, such as an
    indexed id. geometry: of a place. nullable: may be NULL.
    """

    holds: Holds
    sql: str
    until: str = ""
    bound: str = ""
    number: str = ""
    whole: str = ""
    geometry: str = ""
    nullable: bool = True

    def text(self) -> "Value":
        """Return it as text; JSON gives up its quotes.

        Raises: WrongType.
        """
        if self.holds == "json":
            return Value("text", f"({self.sql} #>> '{{}}')")
        return self._only("text")

    def real(self) -> "Value":
        """Return it as a number; JSON that is none gives NULL.

        Raises: WrongType.
        """
        if self.number:
            return Value("number", self.number)
        if self.holds == "json":
            return Value("number", f"({_AS_NUMBER.format(sql=self.sql)})")
        return self._only("number")

    def truth(self) -> "Value":
        """Return it as a truth value; JSON that is none gives NULL.

        Raises: WrongType.
        """
        if self.holds == "json":
            return Value("truth", f"({_AS_TRUTH.format(sql=self.sql)})")
        return self._only("truth")

    def shape(self) -> "Value":
        """Return it as a geometry.

        Raises: WrongType.
        """
        if self.geometry:
            return Value("geometry", self.geometry)
        return self._only("geometry")

    def instant(self) -> "Value":
        """Return it as an instant: of a period its begin.

        Raises: WrongType.
        """
        return replace(self._only("instant"), until="")

    def _only(self, wanted: Holds) -> "Value":
        if self.holds == "null":
            return Value(wanted, "NULL")
        if self.holds != wanted:
            raise WrongType(params={"text": f"{self.holds} ≠ {wanted}"})
        return self
