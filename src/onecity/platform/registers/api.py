"""The only functions that others may call."""

from onecity.platform.registers.contracts.persons import ChangeOutcome
from onecity.platform.registers.seed.demonstration import Bodies, seed_population
from onecity.platform.registers.seed.economy import seed_economy
from onecity.platform.registers.seed.entities import seed_entities
from onecity.platform.registers.seed.places import seed_places
from onecity.platform.registers.selectors.persons.rows import NoSuchHousehold, NoSuchPerson, PersonChanged
from onecity.platform.registers.selectors.provenance import UnknownSource, source_by_code
from onecity.platform.registers.services.entities.asking import find_entity, shareholdings_of
from onecity.platform.registers.services.entities.entering import (
    EntityKnown,
    EntityRefused,
    change_entity,
    register_entity,
)
from onecity.platform.registers.services.entities.papers import add_licence, list_abnormal, report_year
from onecity.platform.registers.services.entities.parts import add_holding, add_officer, set_status
from onecity.platform.registers.services.entities.taking import take_entity_records
from onecity.platform.registers.services.persons.asking import (
    find_person,
    find_persons,
    household_of,
    identifier_of,
    person_facts,
)
from onecity.platform.registers.services.persons.changing import change_fields
from onecity.platform.registers.services.persons.entering import PersonKnown, PersonRefused, register_person
from onecity.platform.registers.services.persons.households import (
    NewHousehold,
    merge_households,
    open_household,
    split_household,
)
from onecity.platform.registers.services.persons.life_events import record_life_event
from onecity.platform.registers.services.persons.papers import NewCertificate, link_certificate
from onecity.platform.registers.services.persons.taking import take_records
from onecity.platform.registers.services.provenance_rules import add_source, publish_version, set_ranks, start_draft

__all__ = [
    "Bodies",
    "ChangeOutcome",
    "EntityKnown",
    "EntityRefused",
    "NewCertificate",
    "NewHousehold",
    "NoSuchHousehold",
    "NoSuchPerson",
    "PersonChanged",
    "PersonKnown",
    "PersonRefused",
    "UnknownSource",
    "add_holding",
    "add_licence",
    "add_officer",
    "add_source",
    "change_entity",
    "change_fields",
    "find_entity",
    "find_person",
    "find_persons",
    "household_of",
    "identifier_of",
    "link_certificate",
    "list_abnormal",
    "merge_households",
    "open_household",
    "person_facts",
    "publish_version",
    "record_life_event",
    "register_entity",
    "register_person",
    "report_year",
    "seed_economy",
    "seed_entities",
    "seed_places",
    "seed_population",
    "set_ranks",
    "set_status",
    "shareholdings_of",
    "source_by_code",
    "split_household",
    "start_draft",
    "take_entity_records",
    "take_records",
]
