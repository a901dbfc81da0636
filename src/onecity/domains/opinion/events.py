"""Events of public opinion."""

from typing import Final

from onecity.kernel.bus import EventType

WARNING_RAISED: Final = EventType(
    "opinion.warning_raised", ("warning_id", "level", "title", "organisation_id", "division_code", "at")
)
"""A warning has begun or risen. level: 1 blue to 4 red."""
