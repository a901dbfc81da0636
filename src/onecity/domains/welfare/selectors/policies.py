"""The city's limits, who checks where, and which datasets are asked."""

from datetime import date

from onecity.domains.welfare.models import CheckingBody, DepartmentSource, PolicyTable
from onecity.domains.welfare.rules.policies import Policy, policy_at
from onecity.kernel.errors import NotFound, Unavailable
from onecity.kernel.text import zh

FIELDS = tuple(Policy.__dataclass_fields__)


class NoCheckingBody(Unavailable):
    """Nobody has been named who checks for this place."""

    code = "welfare.no_checking_body"
    message = zh("该区域尚未设置核对机构，请联系系统管理员")


def policy_of(row: PolicyTable) -> Policy:
    """Return a row as the rules read it."""
    values = {name: getattr(row, name) for name in FIELDS}
    return Policy(**{**values, "uncounted": tuple(row.uncounted)})


def published() -> list[Policy]:
    """Return every published version."""
    return [policy_of(row) for row in PolicyTable.objects.filter(published_at__isnull=False)]


def policy_in_force(*, division_code: str, on: date) -> Policy:
    """Return the limits for a place on a day. Raises: NoPolicy."""
    return policy_at(published(), division_code=division_code, on=on)


def policy(number: int) -> Policy:
    """Return one published version. Raises: NotFound."""
    row = PolicyTable.objects.filter(number=number, published_at__isnull=False).first()
    if row is None:
        raise NotFound(zh("没有这个版本的救助标准"))
    return policy_of(row)


def checking_body(division_code: str) -> int:
    """Return the organisation that checks and decides for a place. Raises: NoCheckingBody."""
    rows = [item for item in CheckingBody.objects.all() if division_code.startswith(item.division_code)]
    if not rows:
        raise NoCheckingBody
    return max(rows, key=lambda item: len(item.division_code)).organisation_id


def active_sources() -> list[DepartmentSource]:
    """Return the datasets that are asked, in their order."""
    return list(DepartmentSource.objects.filter(is_active=True))
