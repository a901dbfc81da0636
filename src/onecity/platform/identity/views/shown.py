"""How identity's things look on pages, and how a deed's refusal is told."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, Grant, Organisation
from onecity.platform.identity.selectors import account_lists, client_lists, role_lists
from onecity.platform.identity.selectors.account_lists import AccountQuery
from onecity.platform.identity.selectors.role_lists import GrantLine
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Query

ACCOUNT: Final = {
    account_lists.ACTIVE: Badge(zh("启用"), "green"),
    account_lists.LOCKED: Badge(zh("已锁定"), "orange"),
    account_lists.CLOSED: Badge(zh("已停用"), "grey"),
}
GRANT: Final = {
    role_lists.IN_FORCE: Badge(zh("生效中"), "green"),
    role_lists.ENDED: Badge(zh("已到期"), "grey"),
    role_lists.WITHDRAWN: Badge(zh("已撤销"), "grey"),
}
TOKEN: Final = {
    client_lists.IN_FORCE: Badge(zh("有效"), "green"),
    client_lists.EXPIRED: Badge(zh("已到期"), "grey"),
    client_lists.REVOKED: Badge(zh("已吊销"), "red"),
}
OUTCOME: Final = {"done": Badge(zh("成功"), "green"), "refused": Badge(zh("被拒绝"), "red")}
ON, OFF = Badge(zh("启用"), "green"), Badge(zh("已停用"), "grey")
STATE_CHOICES: Final = [(code, badge.text) for code, badge in ACCOUNT.items()]
ON_OFF_CHOICES: Final = [("on", ON.text), ("off", OFF.text)]
KINDS: Final = {kind.value: str(kind.label) for kind in Account.Kind}
ORGANISATION_KINDS: Final = {kind.value: str(kind.label) for kind in Organisation.Kind}


def switched(query: Query, name: str = "state") -> bool | None:
    """Return what an on-or-off filter asks for; None for both."""
    chosen = query.filters.get(name)
    return None if chosen is None else chosen == "on"


def asked(query: Query, *, phone_hashes: list[str]) -> AccountQuery:
    """Return what a list's address asks of the accounts."""
    organisation = query.filters.get("organisation", "")
    return AccountQuery(
        search=query.search,
        phone_hashes=phone_hashes,
        organisation_id=int(organisation) if organisation else None,
        kind=query.filters.get("kind", ""),
        state=query.filters.get("state", ""),
        after=query.after,
        size=query.size,
    )


def scope_text(line: GrantLine) -> str:
    """Return where a grant holds, in the visitor's language."""
    if line.scope_kind == Grant.ScopeKind.ORGANISATION:
        return gettext("%(organisation)s及下级") % {"organisation": line.organisation}
    return line.division_code if line.scope_kind == Grant.ScopeKind.DIVISION else gettext("全市")


def role_text(line: GrantLine) -> str:
    """Return a grant's role; built-in ones in the visitor's language."""
    return gettext(line.role) if line.builtin else line.role


def shown_grants(lines: list[GrantLine]) -> list[dict[str, object]]:
    """Return grants ready for the template."""
    return [
        {
            "line": line,
            "role": role_text(line),
            "scope": scope_text(line),
            "badge": GRANT[line.state],
            "by": gettext("系统") if line.granted_by == "system" else line.granted_by,
        }
        for line in lines
    ]


def attempt(request: CityRequest, deed: Callable[[], object], *, said: str) -> bool:
    """Do something, and tell above the next page that it was done or why not.

    Raises: NotFound, so that what is out of reach looks like what is not there.
    """
    try:
        deed()
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
        return False
    messages.success(request, said)
    return True


def sentence(error: OneCityError) -> str:
    """Return what went wrong, as one sentence in the visitor's language."""
    first = next(iter(error.fields.values()), "")
    return gettext(first) if first else error.sentence(gettext(error.template))


def shown_once(request: CityRequest, template: str, facts: dict[str, object]) -> HttpResponse:
    """Answer with a page that holds a secret: no cache keeps it."""
    response = render(request, template, facts)
    response.headers["Cache-Control"] = "no-store"
    return response
