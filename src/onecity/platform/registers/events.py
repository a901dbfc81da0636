"""What the registers tell the modules above."""

from typing import Final

from onecity.kernel.bus import EventType

CONFLICT_DECIDED: Final = EventType("registers.conflict_decided", ("register", "entry_id", "field", "accepted", "at"))
PERSON_CHANGED: Final = EventType("registers.person_changed", ("person_id", "change", "organisation_id", "at"))
PERSONS_TAKEN: Final = EventType("registers.persons_taken", ("register", "run", "number", "at"))
