"""The demonstration's population: made-up people in the city's communities, and what their sources disagree about."""

from datetime import datetime
from pathlib import Path
from typing import Final

from onecity.kernel.actor import Actor
from onecity.platform.identity import api as identity
from onecity.platform.registers import api as registers

PEOPLE: Final = 6_000


def load_population(actor: Actor, *, data: Path | None, now: datetime) -> int:
    """Fill the population register where it is empty; returns how many people there are. now: city time."""
    bodies = {item.code: item.id for item in identity.organisations()}
    answerable = registers.Bodies(bodies["police"], bodies["civil_affairs"], bodies["health"])
    return registers.seed_population(actor, bodies=answerable, people=PEOPLE, data=data, now=now)
