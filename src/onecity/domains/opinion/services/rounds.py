"""What runs by itself: sending collectors out, understanding what came, judging again, writing the brief."""

from collections.abc import Mapping

from onecity.domains.opinion.services.analysing import MOST_AT_ONCE, analyse_waiting
from onecity.domains.opinion.services.briefs import make_due_briefs
from onecity.domains.opinion.services.collecting import collect, forget_old_looks, send_out
from onecity.domains.opinion.services.judging import judge_again
from onecity.kernel import clock
from onecity.platform.jobs.declare import Progress, Result

ANALYSING = "opinion.analyse"


def send_out_collectors() -> int:
    """Hand the sources that are due to jobs."""
    return send_out(now=clock.real_now())


def run_collecting(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Look at sources of one host. arguments: sources, their ids."""
    numbers = arguments["sources"]
    stored = collect(progress, numbers=[int(str(item)) for item in numbers] if isinstance(numbers, list) else [])
    return {"新文章数": stored.new, "重复数": stored.repeated}


def run_analysing(progress: Progress, _: Mapping[str, object]) -> Result:
    """Understand all that waits, a batch at a time."""
    done = 0
    while count := analyse_waiting(now=clock.city_now()):
        done += count
        progress.step(done)
        if count < MOST_AT_ONCE:
            break
    return {"文章数": done}


def understand() -> int:
    """Understand one batch of what waits."""
    return analyse_waiting(now=clock.city_now())


def judge() -> int:
    """Judge again whatever is lively."""
    return judge_again(now=clock.city_now())


def write_briefs() -> int:
    """Make the briefs that are due."""
    return make_due_briefs(now=clock.city_now())


def tidy() -> int:
    """Forget old looks at sources."""
    return forget_old_looks(now=clock.real_now())
