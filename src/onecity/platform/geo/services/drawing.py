"""The job that draws unit grids: what people start on the page and watch."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.identifiers.divisions import parse_division_code
from onecity.platform.geo.services.grids import generate_grid
from onecity.platform.jobs import api as jobs
from onecity.platform.jobs.declare import Progress, Result

JOB: Final = "geo.generate_grid"


def start_generating_grid(actor: Actor, *, division_code: str, title: str, day: date, now: datetime) -> int:
    """Start filling the built-up area below a division with unit grids; returns the run's id.

    title: what people see in the list of jobs. day: from which the cells are in force. now: real time.
    Raises: InvalidDivisionCode.
    """
    code = parse_division_code(division_code)
    arguments = {"division_code": code.value, "day": day.isoformat(), "asked_by": actor.key}
    return jobs.start(actor, code=JOB, title=title, arguments=arguments, now=now)


def run_generate_grid(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Draw the cells; the run's result tells how many. Streets already drawn are passed over when it runs again."""
    made = generate_grid(
        system_actor(str(arguments["asked_by"])),
        division_code=str(arguments["division_code"]),
        day=date.fromisoformat(str(arguments["day"])),
        progress=progress,
        is_synthetic=True,
    )
    return {"街道": made.areas, "单元网格": made.made}
