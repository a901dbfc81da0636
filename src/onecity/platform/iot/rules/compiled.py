"""A published rule as its judges use it."""

from dataclasses import dataclass

from onecity.platform.iot.declare import Limits


@dataclass(frozen=True, slots=True)
class Compiled:
    """One published rule. kind: above, below, outside or no_data. text: a sentence with places."""

    id: int
    code: str
    kind: str
    limits: Limits
    severity: str
    text: str
