"""What people read of legal entities."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.geo import api as geo
from onecity.platform.identity.api import row_scope
from onecity.platform.registers.models import EntityPerson, Shareholding
from onecity.platform.registers.permissions import MAINTAIN_ENTITIES
from onecity.platform.registers.rules.entities.fields import KINDS, STATUSES
from onecity.platform.registers.rules.entities.industries import SECTIONS, section_of
from onecity.platform.registers.rules.person_fields import read_place
from onecity.platform.registers.selectors.provenance import sources
from onecity.web.listing import Badge

STATUS: Final[Mapping[str, Badge]] = {
    "existing": Badge(STATUSES["existing"], "green"),
    "suspended": Badge(STATUSES["suspended"], "yellow"),
    "revoked": Badge(STATUSES["revoked"], "red"),
    "deregistered": Badge(STATUSES["deregistered"], "grey"),
    "annulled": Badge(STATUSES["annulled"], "red"),
    "moved_out": Badge(STATUSES["moved_out"], "grey"),
}
ROLES: Final[Mapping[str, str]] = {code: str(name) for code, name in EntityPerson.Role.choices}
HOLDERS: Final[Mapping[str, str]] = {code: str(name) for code, name in Shareholding.Holder.choices}
ACTS: Final[Mapping[str, Badge]] = {
    "entry": Badge(zh("登记"), "blue"),
    "change": Badge(zh("变更"), "green"),
    "correction": Badge(zh("登记更正"), "orange"),
}
SECTION_CHOICES: Final = tuple((letter, name) for letter, (name, _, _) in SECTIONS.items())


def value_text(field: str, text: str) -> str:
    """Return a canonical value as people read it."""
    if not text:
        return "—"
    shown = _SHOWN.get(field)
    return shown(text) if shown else text


def source_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the sources on whose behalf the actor may write: those of its organisations."""
    scope = row_scope(actor, MAINTAIN_ENTITIES)
    return [
        (item.code, item.name)
        for item in sources()
        if scope.everything or item.organisation_id in scope.organisation_ids or scope.division_codes
    ]


def _seat(text: str) -> str:
    division, address = read_place(text)
    known = {item.code: item.full_name for item in geo.divisions(search=division)}
    return f"{known.get(division, division)} {address}".strip()


def _industry(text: str) -> str:
    section = SECTIONS.get(section_of(text))
    return f"{text} {gettext(section[0])}" if section else text


_SHOWN: Final[Mapping[str, Callable[[str], str]]] = {
    "kind": lambda text: gettext(KINDS.get(text, text)),
    "status": lambda text: gettext(STATUSES.get(text, text)),
    "registered_capital": lambda text: f"{Decimal(text):,.2f}",
    "industry_code": _industry,
    "seat": _seat,
}
