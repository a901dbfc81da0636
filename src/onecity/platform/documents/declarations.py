"""What documents plug into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.documents.services.sweep import JOB, SWEEP_EVERY_S, ask_for_sweep, run_sweep
from onecity.platform.jobs.declare import Job, Tick

DECLARATION = Domain(
    code="documents",
    name=zh("文件与材料"),
    items=(
        Job(JOB, zh("清理未登记的文件"), run_sweep),
        Tick("documents.ask_for_sweep", zh("定期清理未登记的文件"), SWEEP_EVERY_S, ask_for_sweep),
    ),
)
