"""What the broker says of itself."""

import time
from datetime import datetime
from typing import Final

from onecity.kernel import clock
from onecity.platform.iot.ngsild.http.answers import answer
from onecity.platform.iot.ngsild.http.call import Call
from onecity.platform.iot.ngsild.http.routing import Operation, operation
from onecity.platform.iot.ngsild.rules import moments
from onecity.web.hot import HotResponse

_started: Final = time.monotonic()
ALIAS: Final = "onecity"


async def identity(call: Call) -> HotResponse:
    """Say who the broker is. Source: ETSI GS CIM 009 V1.8.1, clauses 5.15.2, 6.33.3.1."""
    return await answer(
        call,
        {
            "id": "urn:ngsi-ld:ContextSourceIdentity:onecity",
            "type": "ContextSourceIdentity",
            "contextSourceAlias": ALIAS,
            "contextSourceUptime": _duration(time.monotonic() - _started),
            "contextSourceTimeAt": _shown(clock.real_now()),
        },
    )


def _duration(seconds: float) -> str:
    return f"PT{int(seconds)}S"


def _shown(moment: datetime) -> str:
    return moments.shown(moments.kept(moment))


OPERATIONS: Final[tuple[Operation, ...]] = (operation("GET", "/info/sourceIdentity", identity),)
