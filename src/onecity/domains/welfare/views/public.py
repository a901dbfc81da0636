"""What everybody may see: publications, and whether a report's signature is genuine."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.welfare.forms import CheckForm
from onecity.domains.welfare.models import Publication, Report
from onecity.domains.welfare.rules.codes import AID_NAMES, Aid
from onecity.domains.welfare.services.signing import check as check_signature
from onecity.kernel.clock import city_date
from onecity.web.access import public
from onecity.web.http import CityRequest

MOST = 500


@public
@require_GET
def publications(request: CityRequest) -> HttpResponseBase:
    """List what is published today: masked name, number of members, kind of aid, nothing else."""
    day = city_date(request.now)
    rows = Publication.objects.filter(withdrawn_at__isnull=True, starts_on__lte=day, ends_on__gte=day)
    facts = {
        "rows": [
            (item, AID_NAMES[Aid(item.aid)], item.get_stage_display())
            for item in rows.select_related("organisation").order_by("ends_on", "-id")[:MOST]
        ]
    }
    return render(request, "welfare/publications.html", facts)


@public
@never_cache
@require_http_methods(["GET"])
def check(request: CityRequest) -> HttpResponse:
    """Check a report's signature by number and code; tells nothing about the household."""
    form = CheckForm(request.GET or None)
    result = None
    if form.is_valid():
        number, code = form.cleaned_data["number"].strip(), form.cleaned_data["code"].strip().upper()
        found = Report.objects.select_related("key").filter(number=number, check_code=code).first()
        if found is None:
            form.add_error(None, gettext("没有编号和验证码都相符的核对报告"))
        else:
            result = check_signature(found, on=city_date(request.now))
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "welfare/check.html", {"form": form, "result": result}, status=status)
