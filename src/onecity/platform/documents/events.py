"""What documents tells of."""

from onecity.kernel.bus import EventType

STORED = EventType("documents.stored", ("document_id", "holder", "holder_id"))
WITHDRAWN = EventType("documents.withdrawn", ("document_id", "holder", "holder_id"))
