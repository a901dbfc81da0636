"""The demonstration's registers beside the population: made-up enterprises, figures, buildings and land."""

from datetime import datetime
from typing import Final

from onecity.kernel.actor import Actor
from onecity.platform.identity import api as identity
from onecity.platform.registers import api as registers

ENTITIES: Final = 240


def load_registers(actor: Actor, *, now: datetime) -> str:
    """Fill the registers where they are empty; returns how much there is. now: city time."""
    bodies = {item.code: item.id for item in identity.organisations()}
    entities = registers.seed_entities(actor, organisation_id=bodies["market_regulation"], count=ENTITIES, now=now)
    series = registers.seed_economy(actor, organisation_id=bodies["statistics"], now=now)
    buildings = registers.seed_places(actor, organisation_id=bodies["housing"], now=now)
    return f"{entities} / {series} / {buildings}"
