"""What of electronic supervision applies under a version, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from onecity.platform.cases.rules.settings import read_settings
from onecity.platform.cases.rules.spans import Span
from onecity.platform.cases.rules.supervision import MeasureRule
from onecity.platform.cases.views.shown import CARD_LEVEL


@dataclass(frozen=True, slots=True)
class ShownSupervision:
    """What follows lateness. own: whether the version says so itself. measures: (what, when) pairs in order."""

    own: bool
    measures: tuple[tuple[str, str], ...]
    appeal: str
    decide: str


def shown_supervision(settings: Mapping[str, object]) -> ShownSupervision:
    """Return what applies under these settings, faults in them left out."""
    rule = read_settings(settings)[0].supervision
    return ShownSupervision(
        own=settings.get("supervision") is not None,
        measures=tuple((_name(item), _moment(item.after)) for item in rule.measures),
        appeal=_span(rule.appeal),
        decide=_span(rule.decide),
    )


def _name(measure: MeasureRule) -> str:
    if measure.kind == "escalate":
        return gettext("上报上%(level)s级机构") % {"level": measure.level}
    return gettext(CARD_LEVEL[measure.kind].text)


def _moment(after: Span) -> str:
    if not after.amount:
        return gettext("应办结后立即")
    amount, unit = format(float(after.amount), "g"), gettext(after.unit.label)
    return gettext("应办结后 %(amount)s %(unit)s") % {"amount": amount, "unit": unit}


def _span(span: Span) -> str:
    return f"{format(float(span.amount), 'g')} {gettext(span.unit.label)}"
