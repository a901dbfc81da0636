"""A citizen or an enterprise claims a device and sees their own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import NotFound, OneCityError
from onecity.platform.iot.forms.firmware import ClaimForm
from onecity.platform.iot.services.provisioning import claims as services
from onecity.platform.iot.views.shown import DEVICE, type_name
from onecity.web.access import signed_in
from onecity.web.http import CityRequest


@signed_in
@require_http_methods(["GET", "POST"])
def page(request: CityRequest) -> HttpResponse:
    """Claim a device by the code that stands on it."""
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["code"]
        try:
            services.claim(request.actor, code=given, now=clock.real_now(), city_now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("设备已归到您名下"))
            return redirect("iot:claim")
    mine = [(item, DEVICE[item.state], type_name(item.type_code)) for item in services.claimed_by(request.actor)]
    return render(request, "iot/devices/claim.html", {"form": form, "mine": mine}, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def release(request: CityRequest, device_id: int) -> HttpResponse:
    """Give a device back."""
    try:
        services.release(request.actor, device_id=device_id, city_now=request.now)
    except NotFound:
        messages.error(request, gettext("该设备不在您名下"))
    else:
        messages.success(request, gettext("已解除认领"))
    return redirect("iot:claim")
