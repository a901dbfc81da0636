"""What identity tells of."""

from onecity.kernel.bus import EventType

AUDIT_BROKEN = EventType("identity.audit_broken", ("altered", "missing"))
