"""Jobs of record matching."""

from collections.abc import Mapping
from datetime import datetime

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.jobs.declare import Progress, Result
from onecity.platform.registers.services.matching.runs import search_doubles


def run_search_doubles(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Search for double entries; the day names the run, so a second try of the same day changes nothing."""
    now: datetime = clock.city_now()
    division, organisation = str(arguments["division"]), arguments["organisation"]
    progress.step(0, total=1)
    found = search_doubles(
        system_actor("registers.matching"),
        code=f"doubles:{division}:{now:%Y%m%d%H%M}",
        title=f"查找重复档案 {now:%Y-%m-%d}",
        division=division,
        organisation_id=organisation if isinstance(organisation, int) else None,
        now=now,
    )
    progress.step(1, total=1)
    return {"pairs": found.doubtful, "seconds": found.seconds}
