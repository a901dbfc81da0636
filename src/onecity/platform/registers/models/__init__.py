"""Tables of the registers."""

from onecity.platform.registers.models.provenance import ContestedValue, DataSource, SourceRule, SourceVersion

__all__ = [
    "ContestedValue",
    "DataSource",
    "SourceRule",
    "SourceVersion",
]
