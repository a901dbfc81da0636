"""A confidential report: looked at with a reason, printed with a code by which anybody can check the signature."""

import json

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onecity.domains.welfare.forms import LookForm
from onecity.domains.welfare.models import Report
from onecity.domains.welfare.rules.codes import (
    AID_NAMES,
    DEPARTMENT_NAMES,
    INCOME_NAMES,
    RELATION_NAMES,
    Aid,
    Department,
    Relation,
)
from onecity.domains.welfare.rules.findings import Weight
from onecity.domains.welfare.selectors.verifications import report
from onecity.domains.welfare.services.sealing import REPORT
from onecity.domains.welfare.services.signing import check
from onecity.domains.welfare.views.shown import QUERY, WEIGHT, base_of, filled
from onecity.kernel.clock import city_date
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.api import look
from onecity.web.access import signed_in
from onecity.web.http import CityRequest

OWN = zh("申请人本人查看")


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: CityRequest, number: str) -> HttpResponse:
    """Ask for the reason, then show the report; the applicant needs none, his look is recorded all the same."""
    return _page(request, number, template="welfare/report.html")


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def printed(request: CityRequest, number: str) -> HttpResponse:
    """Show the report as it is printed."""
    return _page(request, number, template="welfare/report_print.html")


def _page(request: CityRequest, number: str, *, template: str) -> HttpResponse:
    found = report(request.actor, number)
    own = found.verification.application.account_id == request.actor.id
    form = LookForm(request.POST or None)
    reason = OWN if own else form.cleaned_data["reason"] if form.is_valid() else ""
    if not reason:
        facts = {"form": form, "base": base_of(request.actor), "title": gettext("查看核对报告"), "number": number}
        return render(request, "welfare/look.html", facts, status=422 if form.errors else 200)
    try:
        text = look(
            request.actor,
            context=REPORT,
            target=f"welfare.report:{found.verification_id}",
            sealed=bytes(found.body_sealed),
            reason=reason,
        )
    except OneCityError as refusal:
        form.take(refusal)
        facts = {"form": form, "base": base_of(request.actor), "title": gettext("查看核对报告"), "number": number}
        return render(request, "welfare/look.html", facts, status=422)
    return render(request, template, {**_shown(request, found, json.loads(text)), "reason": reason})


def _shown(request: CityRequest, found: Report, body: dict[str, object]) -> dict[str, object]:
    address = f"{reverse('welfare:check_report')}?number={found.number}&code={found.check_code}"
    code = segno.make(request.build_absolute_uri(address), error="m").svg_data_uri(scale=4, border=2)
    names = {item["key"]: item["name"] for item in _rows(body, "members")}
    return {
        "report": found,
        "body": body,
        "base": base_of(request.actor),
        "aid": AID_NAMES[Aid(str(body["aid"]))],
        "check": check(found, on=city_date(request.now)),
        "qr": code,
        "check_url": address,
        "members": [(item, RELATION_NAMES[Relation(str(item["relation"]))]) for item in _rows(body, "members")],
        "incomes": [(name, _mapping(body, "income")[kind.value]) for kind, name in INCOME_NAMES.items()],
        "steps": [
            (filled(str(item["template"]), _mapping(item, "params")), item["passed"]) for item in _rows(body, "steps")
        ],
        "findings": [_finding(item, names) for item in _rows(body, "findings")],
        "sources": [_source(item) for item in _rows(body, "sources")],
    }


def _finding(item: dict[str, object], names: dict[object, object]) -> dict[str, object]:
    told = item["sources"]
    return {
        "badge": WEIGHT[Weight(str(item["weight"]))],
        "member": names.get(item["member"], ""),
        "subject": gettext(str(item["subject"])) if item["subject"] else "",
        "declared": gettext(str(item["declared"])) if item["declared"] else "—",
        "found": gettext(str(item["found"])) if item["found"] else "—",
        "sentence": filled(str(item["template"]), _mapping(item, "params")),
        "sources": [gettext(DEPARTMENT_NAMES[Department(code)]) for code in told] if isinstance(told, list) else [],
    }


def _source(item: dict[str, object]) -> dict[str, object]:
    receipts = item["receipts"]
    return {
        **item,
        "department": DEPARTMENT_NAMES[Department(str(item["department"]))],
        "badge": QUERY[str(item["state"])],
        "receipts": len(receipts) if isinstance(receipts, list) else 0,
    }


def _rows(body: dict[str, object], name: str) -> list[dict[str, object]]:
    value = body[name]
    return value if isinstance(value, list) else []


def _mapping(body: dict[str, object], name: str) -> dict[str, object]:
    value = body[name]
    return value if isinstance(value, dict) else {}
