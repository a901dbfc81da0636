"""What the registers tell the modules above."""

from typing import Final

from onecity.kernel.bus import EventType

CONFLICT_DECIDED: Final = EventType("registers.conflict_decided", ("register", "entry_id", "field", "accepted", "at"))
ENTITIES_TAKEN: Final = EventType("registers.entities_taken", ("register", "run", "number", "at"))
ENTITY_CHANGED: Final = EventType("registers.entity_changed", ("entity_id", "uscc", "change", "organisation_id", "at"))
ECONOMY_TABLE_TAKEN: Final = EventType("registers.economy_table_taken", ("table_id", "series", "at"))
ECONOMY_TABLE_WITHDRAWN: Final = EventType("registers.economy_table_withdrawn", ("table_id", "at"))
PERSON_CHANGED: Final = EventType("registers.person_changed", ("person_id", "change", "organisation_id", "at"))
PERSONS_TAKEN: Final = EventType("registers.persons_taken", ("register", "run", "number", "at"))
