"""What all modules declared to identity."""

from functools import cache

from onecity.kernel.registry import Registry, declared
from onecity.platform.identity.declare import Permission, PersonalColumn, Role


@cache
def permissions() -> Registry[Permission]:
    """Return every declared permission."""
    return declared(Permission)


@cache
def builtin_roles() -> Registry[Role]:
    """Return every declared role."""
    return declared(Role)


@cache
def personal_columns() -> Registry[PersonalColumn]:
    """Return every declared column that holds sealed personal data."""
    return declared(PersonalColumn)
