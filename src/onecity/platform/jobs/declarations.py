"""What jobs plug into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.jobs.declare import Tick
from onecity.platform.jobs.services.outbox import forget_old_deliveries
from onecity.platform.jobs.upkeep import take_up_abandoned_work
from onecity.web.declare import Gauge, Menu
from onecity.web.figures import counted

_WAITING = """
    SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'
"""

DECLARATION = Domain(
    code="jobs",
    name=zh("后台任务"),
    items=(
        Tick("jobs.take_up_abandoned_work", zh("接续中断的任务"), 10.0, take_up_abandoned_work),
        Tick("jobs.forget_old_deliveries", zh("清理投递记录"), 3600.0, forget_old_deliveries),
        Gauge("jobs.waiting", "events and jobs that wait for a worker", lambda: counted(_WAITING)),
        Menu("jobs.runs", zh("后台任务"), "jobs:runs", group=zh("我的工作"), icon="progress-check", order=80),
    ),
)
