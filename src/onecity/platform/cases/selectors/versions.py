"""Published versions, compiled once in each process: what is published never changes."""

from dataclasses import dataclass
from functools import lru_cache

from onecity.kernel.errors import NotFound, Unavailable
from onecity.kernel.text import zh
from onecity.platform.cases.models import CaseType, CaseTypeVersion
from onecity.platform.cases.process.checks import Known
from onecity.platform.cases.process.engine import Process, compiled
from onecity.platform.cases.process.reading import Reading
from onecity.platform.cases.registries import actions, case_types, conditions, permission_codes
from onecity.platform.cases.rules.settings import TypeSettings, read_settings
from onecity.platform.cases.selectors.remembered import Remembered


class NoPublishedVersion(Unavailable):
    """No version of the type is published, so no case of it can be opened."""

    code = "no_published_version"
    message = zh("此类案件还没有发布流程版本")


@dataclass(frozen=True, slots=True)
class Version:
    """A published version, ready to run."""

    id: int
    number: int
    type_id: int
    type_code: str
    type_name: str
    settings: TypeSettings
    process: Process


@lru_cache(maxsize=500)
def version(version_id: int) -> Version:
    """Return a version that is or was published.

    Raises: NotFound.
    """
    row = (
        CaseTypeVersion.objects.select_related("case_type")
        .filter(id=version_id)
        .exclude(state=CaseTypeVersion.State.DRAFT)
        .first()
    )
    if row is None:
        raise NotFound(zh("没有这个流程版本"))
    settings, _ = read_settings(row.settings)
    diagram = Reading(row.process).diagram
    if diagram is None:
        raise Unavailable(zh("流程版本无法运行，请联系系统管理员"))
    return Version(
        row.id,
        row.number,
        row.case_type_id,
        row.case_type.code,
        row.case_type.name,
        settings,
        compiled(row.process, diagram),
    )


def _published(type_code: str) -> int:
    rows = CaseTypeVersion.objects.filter(case_type__code=type_code, state=CaseTypeVersion.State.PUBLISHED)
    found = rows.values_list("id", flat=True).first()
    if found is None:
        if not CaseType.objects.filter(code=type_code).exists():
            raise NotFound(zh("没有这个案件类型"))
        raise NoPublishedVersion
    return int(found)


_current: Remembered[str, int] = Remembered(_published, seconds=1.0)


def published_version(type_code: str) -> Version:
    """Return the version under which cases of a type are opened now; a new one counts within a second.

    Raises: NotFound; NoPublishedVersion.
    """
    return version(_current[type_code])


def known() -> Known:
    """Return what diagrams may name."""
    return Known(
        permissions=permission_codes(),
        actions={action.code: action.parameters for action in actions()},
        functions={name: item.arguments for name, item in conditions().items()},
        types=frozenset({*CaseType.objects.values_list("code", flat=True), *(item.code for item in case_types())}),
    )
