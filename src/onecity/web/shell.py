"""What every page's frame needs: city, menus, person, language."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext

from onecity.kernel import clock
from onecity.kernel.actor import ANONYMOUS, Actor
from onecity.kernel.registry import Registry, declared
from onecity.web.declare import HomeEntry, Menu, Portal


@cache
def menus() -> Registry[Menu]:
    """Return all declared menu entries."""
    return declared(Menu)


@cache
def home_entries() -> Registry[HomeEntry]:
    """Return all declared home-page cards."""
    return declared(HomeEntry)


def menu_groups(actor: Actor, *, portal: Portal) -> list[tuple[str, list[dict[str, str]]]]:
    """Return a portal's menu as (heading, entries), holding only what the actor may open."""
    groups: dict[str, list[dict[str, str]]] = {}
    for entry in sorted(menus(), key=lambda item: item.order):
        if entry.portal == portal and (not entry.permission or actor.may(entry.permission)):
            shown = {
                "name": gettext(entry.name),
                "url": reverse(entry.url_name),
                "icon": entry.icon,
                "code": entry.code,
            }
            groups.setdefault(gettext(entry.group) if entry.group else "", []).append(shown)
    return list(groups.items())


def home_cards(actor: Actor, *, portal: Portal) -> list[dict[str, str]]:
    """Return the cards of a portal's home page that the actor may open, in order."""
    return [
        {
            "name": gettext(entry.name),
            "description": gettext(entry.description),
            "url": reverse(entry.url_name),
            "icon": entry.icon,
            "fragment": reverse(entry.fragment) if entry.fragment else "",
        }
        for entry in sorted(home_entries(), key=lambda item: item.order)
        if entry.portal == portal and (not entry.permission or actor.may(entry.permission))
    ]


def context(request: HttpRequest) -> dict[str, Any]:
    """Give templates the frame's facts; a context processor."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return {
        "actor": actor,
        "city": city_name(),
        "city_time": clock.city_time(),
        "city_now": getattr(request, "now", None) or clock.city_now(),
        "demo": settings.ENV.demo,
        "language": get_language(),
        "workbench_menu": menu_groups(actor, portal="workbench") if actor.kind != "anonymous" else [],
    }


_city_name: list[str] = []


def set_city_name(name: str) -> None:
    """Set the name that the frame shows; the city pack gives it."""
    _city_name[:] = [name]


def city_name() -> str:
    """Return the city's name."""
    return _city_name[0] if _city_name else "一城"
