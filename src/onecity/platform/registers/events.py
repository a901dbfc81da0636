"""What the registers tell the modules above."""

from typing import Final

from onecity.kernel.bus import EventType

CONFLICT_DECIDED: Final = EventType("registers.conflict_decided", ("register", "entry_id", "field", "accepted", "at"))
