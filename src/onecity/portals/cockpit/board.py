"""The board: what the cockpit's figures show, as plain values for the page and for the live stream."""

from datetime import datetime
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.platform.indicators import api as indicators


def figures(actor: Actor, *, now: datetime) -> list[dict[str, str]]:
    """Return each figure that the actor may see: text, unit, verdict and change against a day ago."""
    items = {item.code: item for item in indicators.visible(actor)}
    found: list[dict[str, str]] = []
    for reading in indicators.board(actor, now=now):
        item = items[reading.code]
        change = None
        if reading.value is not None and reading.previous is not None:
            change = reading.value - reading.previous
        found.append(
            {
                "code": item.code,
                "name": gettext(item.name),
                "definition": gettext(item.definition),
                "group": gettext(item.group),
                "unit": gettext(item.unit),
                "text": indicators.written(reading.value, decimals=item.decimals),
                "verdict": reading.verdict,
                "change": "" if change is None else f"{change:+,.{item.decimals}f}",
            }
        )
    return found


def groups(found: list[dict[str, str]]) -> list[tuple[str, list[dict[str, str]]]]:
    """Return the figures by group, in the order in which groups first appear."""
    order = {figure["group"]: place for place, figure in reversed(list(enumerate(found)))}
    ranked = sorted(found, key=lambda figure: order[figure["group"]])
    return [(heading, list(members)) for heading, members in groupby(ranked, key=lambda figure: figure["group"])]


def live(actor: Actor, *, now: datetime) -> dict[str, object]:
    """Return what the live stream sends: the city's time and the figures that can change."""
    return {
        "now": timezone.localtime(now).strftime("%Y-%m-%d %H:%M"),
        "figures": [
            {"code": item["code"], "text": item["text"], "verdict": item["verdict"], "change": item["change"]}
            for item in figures(actor, now=now)
        ],
    }
