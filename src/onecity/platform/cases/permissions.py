"""Codes of the rights that the case engine itself asks for; types bring their own for seeing, opening and posts."""

from typing import Final

VIEW: Final = "cases.view"
CREATE: Final = "cases.create"
ANSWER: Final = "cases.answer"
MANAGE_TYPES: Final = "cases.manage_types"
MANAGE_CALENDARS: Final = "cases.manage_calendars"
SUPERVISE: Final = "cases.supervise"
LOOK: Final = "cases.look_at_reporter"
MERGE: Final = "cases.merge"
