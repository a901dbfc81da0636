"""Writers of messages."""
