"""The population register's tables."""

from onecity.platform.registers.models.persons.history import LifeEvent, PersonVersion
from onecity.platform.registers.models.persons.households import Household, PersonAddress
from onecity.platform.registers.models.persons.papers import Certificate, Residence
from onecity.platform.registers.models.persons.persons import Person
from onecity.platform.registers.models.persons.uses import PersonUse, RegisterBlock

__all__ = [
    "Certificate",
    "Household",
    "LifeEvent",
    "Person",
    "PersonAddress",
    "PersonUse",
    "PersonVersion",
    "RegisterBlock",
    "Residence",
]
