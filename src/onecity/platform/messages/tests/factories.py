"""What tests of other modules need of messages: the rows of inboxes."""

from onecity.platform.messages.models import Message

__all__ = ["Message"]
