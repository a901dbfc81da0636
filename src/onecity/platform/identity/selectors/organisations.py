"""Reading the organisation tree."""

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.contracts import OrganisationInfo
from onecity.platform.identity.models import Organisation


def organisation(organisation_id: int) -> OrganisationInfo:
    """Return one organisation.

    Raises: NotFound.
    """
    return _one(Organisation.objects.filter(id=organisation_id).first())


def organisation_by_code(code: str) -> OrganisationInfo:
    """Return the organisation with this code.

    Raises: NotFound.
    """
    return _one(Organisation.objects.filter(code=code).first())


def organisations(*, kind: str = "", below: int | None = None) -> list[OrganisationInfo]:
    """Return the active organisations in tree order; of one kind, or below one organisation (itself included)."""
    rows = Organisation.objects.filter(is_active=True).order_by("path")
    if kind:
        rows = rows.filter(kind=kind)
    if below is not None:
        above = Organisation.objects.filter(id=below).values_list("path", flat=True).first()
        rows = rows.filter(path__startswith=above) if above else rows.none()
    return [info_of(row) for row in rows]


def info_of(row: Organisation) -> OrganisationInfo:
    """Return an organisation's row as others see it."""
    return OrganisationInfo(
        row.id, row.code, row.name, row.short_name, row.kind, row.parent_id, row.division_code, row.credit_code
    )


def _one(row: Organisation | None) -> OrganisationInfo:
    if row is None:
        raise NotFound(zh("没有这个机构"))
    return info_of(row)
