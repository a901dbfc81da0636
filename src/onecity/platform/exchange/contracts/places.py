"""Where data lies: what a connector needs to reach it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

OptionValue = str | int | bool


@dataclass(frozen=True, slots=True)
class Place:
    """One source or target. kind: the connector's code; options: what may be shown; secret: a password or key."""

    kind: str
    options: Mapping[str, OptionValue]
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OptionField:
    """One option of a connector, for the page that asks for it. title: Chinese."""

    name: str
    title: str
    type: Literal["text", "integer", "boolean", "choice"] = "text"
    required: bool = False
    default: OptionValue = ""
    choices: tuple[str, ...] = ()
    help: str = ""
