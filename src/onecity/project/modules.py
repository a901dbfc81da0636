"""The modules of which the city is built, lowest first."""

from typing import Final

CAPABILITIES: Final = (
    "onecity.platform.identity",
    "onecity.platform.jobs",
    "onecity.platform.documents",
    "onecity.platform.messages",
    "onecity.platform.geo",
    "onecity.platform.iot",
    "onecity.platform.cases",
    "onecity.platform.registers",
    "onecity.platform.exchange",
    "onecity.platform.indicators",
)
DOMAINS: Final = (
    "onecity.domains.emergency",
    "onecity.domains.environment",
    "onecity.domains.hotline",
    "onecity.domains.metering",
    "onecity.domains.opinion",
    "onecity.domains.urban_management",
    "onecity.domains.welfare",
)
PORTALS: Final = (
    "onecity.portals.cockpit",
    "onecity.portals.workbench",
    "onecity.portals.citizen",
    "onecity.portals.open",
)
MODULES: Final = (*CAPABILITIES, *DOMAINS, *PORTALS, "onecity.demo")
