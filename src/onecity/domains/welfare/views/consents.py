"""Authorisations: sign on the screen or by scanned paper, read what was signed, see who was asked, withdraw."""

from datetime import timedelta

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.welfare.contracts import NewConsent
from onecity.domains.welfare.forms import ConsentForm
from onecity.domains.welfare.models import Authorisation, Member
from onecity.domains.welfare.rules.codes import DEPARTMENT_NAMES, Department
from onecity.domains.welfare.selectors import applications as selectors
from onecity.domains.welfare.selectors.consents import asked_under, consent
from onecity.domains.welfare.services.consenting import HOLDER, consent_text, sign_consent, withdraw_consent
from onecity.domains.welfare.views.shown import base_of
from onecity.kernel.clock import city_date
from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.documents.api import documents_of
from onecity.web.access import signed_in
from onecity.web.http import CityRequest

USUAL = timedelta(days=365)


@signed_in
@require_http_methods(["GET", "POST"])
def sign(request: CityRequest, number: str, member_id: int) -> HttpResponse:
    """Let an adult member sign."""
    row = selectors.application(request.actor, number)
    member = row.members.filter(id=member_id).first()
    if member is None:
        raise NotFound(zh("没有这个成员"))
    day = city_date(request.now)
    usual = {"departments": list(Department), "valid_from": day, "valid_to": day + USUAL}
    form = ConsentForm(request.POST or None, initial=usual)
    if request.method == "POST" and form.is_valid() and _signed(request, form, member):
        messages.success(request, gettext("授权已签署"))
        return redirect("welfare:application", number)
    facts = {
        "row": row,
        "member": member,
        "form": form,
        "base": base_of(request.actor),
        "back": reverse("welfare:application", args=[number]),
    }
    return render(request, "welfare/sign.html", facts, status=422 if form.errors else 200)


def _signed(request: CityRequest, form: ConsentForm, member: Member) -> bool:
    drawn, paper = request.FILES.get("signature"), request.FILES.get("paper")
    signature = drawn or paper
    if not isinstance(signature, UploadedFile):
        form.add_error(None, gettext("请在签名框内签名，或上传已签字的授权书"))
        return False
    new = NewConsent(
        member.id,
        form.asked(),
        form.cleaned_data["valid_from"],
        form.cleaned_data["valid_to"],
        Authorisation.Method.DRAWN if drawn else Authorisation.Method.PAPER,
    )
    try:
        sign_consent(request.actor, new=new, signature=signature, now=request.now)
    except OneCityError as refusal:
        form.take(refusal)
        return False
    return True


@signed_in
@require_GET
def show(request: CityRequest, code: str) -> HttpResponse:
    """Show an authorisation: its words, its signature, and everybody who was asked under it."""
    found = consent(request.actor, code)
    row = found.member.application
    names = tuple(gettext(DEPARTMENT_NAMES[Department(item)]) for item in found.departments)
    files = documents_of(request.actor, holder=HOLDER, holder_id=row.id)
    facts = {
        "consent": found,
        "row": row,
        "base": base_of(request.actor),
        "text": consent_text(
            name=found.member.name_masked,
            number=row.number,
            departments=tuple(DEPARTMENT_NAMES[Department(item)] for item in found.departments),
            first=found.valid_from,
            last=found.valid_to,
        ),
        "departments": names,
        "files": [item for item in files if item.id == found.document_id],
        "asked": asked_under(code),
        "may_withdraw": found.withdrawn_at is None and selectors.may_write(request.actor, row),
    }
    return render(request, "welfare/consent.html", facts)


@signed_in
@require_POST
def withdraw(request: CityRequest, code: str) -> HttpResponse:
    """Withdraw an authorisation."""
    found = consent(request.actor, code)
    try:
        withdraw_consent(request.actor, code=code, reason=request.POST.get("reason", ""), now=request.now)
    except OneCityError as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
    else:
        messages.success(request, gettext("授权已撤回，即刻起不再据此查询"))
    return redirect("welfare:consent", found.code)
