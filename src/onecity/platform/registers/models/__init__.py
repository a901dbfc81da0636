"""Tables of the registers."""

from onecity.platform.registers.models.economy import EconomicSeries, EconomicTable, EconomicValue
from onecity.platform.registers.models.entities import (
    EntityChange,
    EntityName,
    EntityStatus,
    EntityVersion,
    LegalEntity,
)
from onecity.platform.registers.models.entity_parts import (
    AbnormalListing,
    AnnualReport,
    EntityLicence,
    EntityPerson,
    Shareholding,
)
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
from onecity.platform.registers.models.places import Building, LandParcel, NaturalResource, PlaceFile, Room
from onecity.platform.registers.models.provenance import ContestedValue, DataSource, SourceRule, SourceVersion

__all__ = [
    "AbnormalListing",
    "AnnualReport",
    "Building",
    "Certificate",
    "ContestedValue",
    "DataSource",
    "DoubtfulPair",
    "EconomicSeries",
    "EconomicTable",
    "EconomicValue",
    "EntityChange",
    "EntityLicence",
    "EntityName",
    "EntityPerson",
    "EntityStatus",
    "EntityVersion",
    "Household",
    "LandParcel",
    "LegalEntity",
    "LifeEvent",
    "MatchLink",
    "MatchModel",
    "MatchRun",
    "NaturalResource",
    "Person",
    "PersonAddress",
    "PersonMerge",
    "PersonUse",
    "PersonVersion",
    "PlaceFile",
    "RegisterBlock",
    "Residence",
    "Room",
    "Shareholding",
    "SourceRule",
    "SourceVersion",
]
