"""What devices say of how they are set."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from onecity.platform.iot.services.notes import keep_note
from onecity.platform.iot.services.settings import TooLarge, report

TOO_LARGE: Final = "settings_too_large"
LONGEST: Final = 2_000


def take_over(device_id: int, values: Mapping[str, object], *, now: datetime) -> None:
    """Take over what a device reports; what is too large is told of in a note. now: real time.

    In the caller's transaction, which others share: one device's excess must not undo what theirs said.
    """
    try:
        report(device_id, values=values, now=now)
    except TooLarge:
        text = json.dumps(values, ensure_ascii=False)[:LONGEST]
        keep_note(device_id, kind=TOO_LARGE, content=text, now=now)
