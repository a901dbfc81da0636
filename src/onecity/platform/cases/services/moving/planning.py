"""The plan of a move: which waiting task goes where, how many cases that is, and what forbids it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.cases.models import Case, CaseTypeVersion, Task
from onecity.platform.cases.rules.joint import in_diagram
from onecity.platform.cases.selectors.versions import Version, version


@dataclass(frozen=True, slots=True)
class Waiting:
    """Tasks of one node that wait in cases of a version. target: the node that they go to; empty for none yet."""

    node: str
    name: str
    tasks: int
    target: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A move from one version to another. cases: how many run. fit: whether every waiting node has a place to go to."""

    source: Version
    target: Version
    cases: int
    waiting: tuple[Waiting, ...]

    @property
    def fit(self) -> bool:
        """Whether nothing is left without a place."""
        return all(item.target for item in self.waiting)

    @property
    def mapping(self) -> dict[str, str]:
        """Return where each node goes that has a place."""
        return {item.node: item.target for item in self.waiting if item.target}


class MoveRefused(Invalid):
    """The plan of a move is not complete; the fields say where."""

    code = "move_refused"
    message = zh("迁移方案不完整")


def plan_move(*, source_id: int, target_id: int, mapping: Mapping[str, str] | None = None) -> Plan:
    """Return a move's plan with counts. mapping: waiting node → node of the target; a node left out keeps its id.

    Raises: NotFound for an unknown version or a draft; MoveRefused if the target is not the published version of the
    same type, or is the source.
    """
    source, target = version(source_id), version(target_id)
    published = CaseTypeVersion.objects.filter(id=target_id, state=CaseTypeVersion.State.PUBLISHED).exists()
    if source.type_id != target.type_id or source.id == target.id or not published:
        raise MoveRefused(fields={"target": zh("请选择同一类型的现行版本")})
    running = Case.objects.filter(version_id=source_id, status=Case.Status.OPEN)
    rows = Task.objects.filter(case__in=running, state=Task.State.OPEN).values_list("node").annotate(Count("id"))
    tasks, found = source.process.diagram.user_tasks, []
    for node, number in sorted(rows):
        if in_diagram(node):
            wished = (mapping or {}).get(node, node)
            place = wished if wished in target.process.diagram.user_tasks else ""
            found.append(Waiting(node, tasks[node].name, number, place))
    return Plan(source, target, running.count(), tuple(found))
