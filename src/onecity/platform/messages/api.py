"""The only functions that others may call."""

from onecity.platform.messages.rules import WrongParameters
from onecity.platform.messages.selectors import inbox, unread_count
from onecity.platform.messages.services.reading import mark_all_read, mark_read
from onecity.platform.messages.services.sending import UnknownTemplate, send

__all__ = ["UnknownTemplate", "WrongParameters", "inbox", "mark_all_read", "mark_read", "send", "unread_count"]
