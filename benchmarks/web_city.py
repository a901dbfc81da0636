"""The city's web application with two bare peers beside it: an empty page, and a hot road that answers a constant.

Everything else is the city's own: the same middleware, sign-on, page shell and process.
"""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.web_settings"

from onecity.platform.identity.hot import HotSignOn
from onecity.project import asgi
from onecity.project.roads import CLOSING, ROADS
from onecity.web.access import SIGNED_IN
from onecity.web.hot import HotApplication, HotRequest, HotResponse, Road

CONSTANT = HotResponse(b'{"status":"ok"}')


async def constant(_: HotRequest) -> HotResponse:
    """Answer the same whatever is asked."""
    return CONSTANT


asgi.hot = HotApplication(
    (*ROADS, Road("GET", "/api/bench", SIGNED_IN, constant)),
    sign_on=HotSignOn(),
    open_pool=asgi.open_pool,
    closing=CLOSING,
)
application = asgi.application
