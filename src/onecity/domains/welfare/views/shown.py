"""Words and colours that pages of welfare share."""

from collections.abc import Mapping
from typing import Final, Literal

from django.utils.translation import gettext

from onecity.domains.welfare.models import Application, DepartmentQuery, RecheckResult, Verification
from onecity.domains.welfare.rules.findings import WEIGHT_NAMES, Weight
from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.web.listing import Badge

Tone = Literal["grey", "blue", "green", "yellow", "orange", "red", "purple"]


def _badges(labels: Mapping[str, str], tones: Mapping[str, Tone]) -> dict[str, Badge]:
    return {code: Badge(labels[code], tones[code]) for code in labels}


APPLICATION: Final = _badges(
    dict(Application.State.choices),
    {"draft": "grey", "submitted": "blue", "granted": "green", "refused": "red", "ended": "grey"},
)
VERIFICATION: Final = _badges(
    dict(Verification.State.choices), {"waiting": "grey", "asking": "blue", "reported": "green", "failed": "orange"}
)
QUERY: Final = _badges(
    dict(DepartmentQuery.State.choices),
    {"waiting": "grey", "answered": "green", "not_covered": "purple", "failed": "orange"},
)
OUTCOME: Final = _badges(
    dict(RecheckResult.Outcome.choices), {"kept": "green", "doubtful": "orange", "lapsed": "red", "unasked": "purple"}
)
WEIGHT: Final = {
    Weight.AGREES: Badge(WEIGHT_NAMES[Weight.AGREES], "green"),
    Weight.DIFFERENCE: Badge(WEIGHT_NAMES[Weight.DIFFERENCE], "orange"),
    Weight.CONTRADICTION: Badge(WEIGHT_NAMES[Weight.CONTRADICTION], "red"),
}
STAGES: Final = (zh("街道公示"), zh("县级公示"))


def base_of(actor: Actor) -> str:
    """Return the frame: the workbench for staff, the portal for citizens."""
    return "web/workbench.html" if actor.organisation_id else "web/portal.html"


def filled(template: str, params: Mapping[str, object]) -> str:
    """Return a kept sentence in the visitor's language, with its places filled; words among them are translated."""
    return gettext(template).format_map({name: gettext(str(value)) if value else "" for name, value in params.items()})
