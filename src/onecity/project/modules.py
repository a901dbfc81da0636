"""The modules of which the city is built, lowest first."""

from typing import Final

CAPABILITIES: Final = (
    "onecity.platform.identity",
    "onecity.platform.jobs",
    "onecity.platform.geo",
)
DOMAINS: Final = ()
PORTALS: Final = ()
MODULES: Final = (*CAPABILITIES, *DOMAINS, *PORTALS)
