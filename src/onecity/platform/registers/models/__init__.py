"""Tables of the registers."""

from onecity.platform.registers.models.matching import DoubtfulPair, MatchLink, MatchModel, MatchRun, PersonMerge
from onecity.platform.registers.models.persons import (
    Certificate,
    Household,
    LifeEvent,
    Person,
    PersonAddress,
    PersonUse,
    PersonVersion,
    RegisterBlock,
    Residence,
)
from onecity.platform.registers.models.provenance import ContestedValue, DataSource, SourceRule, SourceVersion

__all__ = [
    "Certificate",
    "ContestedValue",
    "DataSource",
    "DoubtfulPair",
    "Household",
    "LifeEvent",
    "MatchLink",
    "MatchModel",
    "MatchRun",
    "Person",
    "PersonAddress",
    "PersonMerge",
    "PersonUse",
    "PersonVersion",
    "RegisterBlock",
    "Residence",
    "SourceRule",
    "SourceVersion",
]
