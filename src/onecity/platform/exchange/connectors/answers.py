"""What a place's options say, held against what its connector asks for."""

from collections.abc import Sequence

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.contracts.places import OptionField, OptionValue, Place

CONNECT_S = 10
"""Seconds within which the other side must answer a greeting."""
ANSWER_S = 120
"""Seconds within which the other side must answer a question."""


class Answers:
    """The options of one place. Raises: NotUnderstood where one is missing or of another type."""

    def __init__(self, place: Place, fields: Sequence[OptionField]) -> None:
        self._values = {field.name: _value(place, field) for field in fields}
        self.secret = place.secret

    def text(self, name: str) -> str:
        """Return a text; empty where none was given."""
        return str(self._values[name]).strip()

    def integer(self, name: str) -> int:
        """Return a whole number."""
        return int(self._values[name] or 0)

    def flag(self, name: str) -> bool:
        """Return a yes or no."""
        return bool(self._values[name])


def _value(place: Place, field: OptionField) -> OptionValue:
    value = place.options.get(field.name, field.default)
    if value in {"", None} and field.default != "":
        value = field.default
    if field.required and value in {"", None}:
        raise NotUnderstood(zh("连接信息缺少“{title}”"), params={"title": field.title})
    if not _fits(value, field):
        raise NotUnderstood(zh("连接信息的“{title}”填写有误"), params={"title": field.title})
    return value


def _fits(value: OptionValue, field: OptionField) -> bool:
    if value in {"", None}:
        return True
    if field.type == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if field.type == "boolean":
        return isinstance(value, bool)
    return isinstance(value, str) and (field.type != "choice" or value in field.choices)
