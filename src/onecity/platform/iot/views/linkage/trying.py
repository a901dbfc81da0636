"""Trying an edition on past data: the form, what a trial found, one device's curve with where it would have fired."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts.linkage import LinkageEditionInfo, LinkageInfo, TrialInfo
from onecity.platform.iot.forms.choosing import choose
from onecity.platform.iot.permissions import MANAGE_LINKAGE
from onecity.platform.iot.rules.instants import instant, micros
from onecity.platform.iot.rules.thinning import drawn_places
from onecity.platform.iot.selectors.linkage.curves import Curves, curves_of
from onecity.platform.iot.selectors.linkage.reading import editions_of, linkage_rule, trial, trials_of
from onecity.platform.iot.services.linkage import trying
from onecity.platform.iot.views.linkage import shown
from onecity.platform.iot.views.shown import sentence
from onecity.platform.jobs import api as jobs
from onecity.platform.jobs.contracts import RunInfo
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest

_MOMENT: Final = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
MOST_POINTS: Final = 600


class Row(NamedTuple):
    """A firing that would have been."""

    begun: datetime
    ended: datetime | None
    said: list[tuple[str, str]]


class TrialForm(CityForm):
    """Which edition is tried on which stretch."""

    edition = forms.TypedChoiceField(label=zh("版次"), coerce=int)
    since = forms.DateTimeField(label=zh("起始"), widget=_MOMENT)
    until = forms.DateTimeField(label=zh("结束"), widget=_MOMENT, help_text=zh("最长92天"))

    def offer(self, editions: list[LinkageEditionInfo]) -> None:
        """Offer the rule's editions, the newest first."""
        names = [(item.edition, f"{item.edition} · {gettext(shown.EDITION[item.state].text)}") for item in editions]
        choose(self.fields["edition"], names)


@requires(MANAGE_LINKAGE)
@require_http_methods(["GET", "POST"])
def page(request: CityRequest, rule_id: int) -> HttpResponse:
    """Ask for a trial, and list the last ones."""
    info = linkage_rule(request.actor, rule_id, permission=MANAGE_LINKAGE)
    form = TrialForm(request.POST or None, initial=_beginning(request.now))
    form.offer(editions_of(rule_id))
    if request.method == "POST" and form.is_valid():
        try:
            made = trying.ask_trial(request.actor, rule_id=rule_id, now=request.now, **form.cleaned_data)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            return redirect("iot:linkage_trial", rule_id, made)
    facts = {
        "rule": info,
        "form": form,
        "trials": [(item, shown.TRIAL[item.state]) for item in trials_of(rule_id)],
    }
    return render(request, "iot/linkage/trials.html", facts, status=422 if form.is_bound else 200)


@requires(MANAGE_LINKAGE)
@require_GET
def result(request: CityRequest, rule_id: int, trial_id: int) -> HttpResponse:
    """Show how far a trial is, and what it found; the fragment asks for itself again until it is over."""
    info = linkage_rule(request.actor, rule_id, permission=MANAGE_LINKAGE)
    found = trial(rule_id, trial_id)
    facts = {"rule": info, "trial": found, "state": shown.TRIAL[found.state], **_told(request, info, found)}
    template = "iot/linkage/trial_state.html" if request.wants_fragment else "iot/linkage/trial.html"
    return render(request, template, facts)


@requires(MANAGE_LINKAGE)
@require_POST
def cancel(request: CityRequest, rule_id: int, trial_id: int) -> HttpResponse:
    """Stop a trial."""
    try:
        trying.cancel_trial(request.actor, rule_id=rule_id, trial_id=trial_id, now=clock.real_now())
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("已要求停止试算"))
    return redirect("iot:linkage_trial", rule_id, trial_id)


def _beginning(now: datetime) -> dict[str, object]:
    local = now.astimezone(CITY_ZONE).replace(second=0, microsecond=0)
    return {"since": local - timedelta(days=7), "until": local}


def _told(request: CityRequest, info: LinkageInfo, found: TrialInfo) -> dict[str, object]:
    """Return what the page tells: progress while it runs, the findings and a device's curve afterwards."""
    if found.state != "done":
        return {"run": _run(request.actor, found.run_id)}
    devices = found.result.get("by_device")
    assert isinstance(devices, list)
    wanted = request.GET.get("device", "")
    chosen = next((row for row in devices if str(row[0]) == wanted), devices[0] if devices else None)
    rows = [_row(row) for row in _shown(found) if chosen is None or row["device"] == chosen[0]]
    chart = _chart(info, found, int(chosen[0]), rows) if chosen else None
    return {"result": found.result, "devices": devices, "chosen": chosen, "rows": rows, "chart": chart}


def _run(actor: Actor, run_id: int | None) -> RunInfo | None:
    """Return how far the work is; None for who may not see it."""
    try:
        return jobs.run(actor, run_id) if run_id else None
    except NotFound:
        return None


def _shown(found: TrialInfo) -> list[dict[str, object]]:
    listed = found.result.get("shown")
    assert isinstance(listed, list)
    return listed


def _row(row: Mapping[str, object]) -> Row:
    values = row["values"]
    assert isinstance(values, dict)
    return Row(datetime.fromisoformat(str(row["fired_at"])), _moment(row["ended_at"]), shown.said_values(values))


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def _chart(info: LinkageInfo, found: TrialInfo, device: int, rows: list[Row]) -> dict[str, object] | None:
    edition = next((item for item in editions_of(info.id) if item.id == found.edition_id), None)
    if edition is None:
        raise NotFound
    curves = curves_of(
        info.organisation_id,
        edition.text,
        division_code=info.division_code,
        device=device,
        bounds=(micros(found.since_at), micros(found.until_at)),
    )
    return None if curves is None else _drawn(curves, rows, until=found.until_at)


def _drawn(curves: Curves, rows: list[Row], *, until: datetime) -> dict[str, object]:
    """Return the curves as the page draws them, with the stretches between firing and end."""
    series = []
    for label, values in curves.series:
        places = drawn_places(values, most=MOST_POINTS)
        points = [
            [_ms(instant(at)), None if np.isnan(value) else float(value)]
            for at, value in zip(curves.instants[places].tolist(), values[places].tolist(), strict=True)
        ]
        series.append({"name": label, "points": points})
    spans = [[_ms(row.begun), _ms(row.ended or until)] for row in rows]
    return {"series": series, "spans": spans, "fired": gettext("触发")}


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
