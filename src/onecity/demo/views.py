"""The page on which a guide sets the pace of the demonstration."""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from onecity.demo import city_clock
from onecity.demo.declarations import GUIDE
from onecity.demo.people import demo_accounts
from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.web.access import requires
from onecity.web.http import CityRequest

STEPS: Final = (1, 6, 24)


class NoDemonstration(NotFound):
    """The city lives in real time."""

    code = "demo.no_demonstration"
    message = zh("这里不是演示环境，城市时间就是实际时间")


@requires(GUIDE)
@require_GET
def city_time(request: CityRequest) -> HttpResponse:
    """Show the city's time, its speed, and who plays which part."""
    _file()
    line = clock.city_time()
    facts = {
        "speeds": city_clock.SPEEDS,
        "speed": line.speed if line else 1.0,
        "steps": STEPS,
        "accounts": demo_accounts(),
    }
    return render(request, "demo/time.html", facts)


@requires(GUIDE)
@require_POST
def change_speed(request: CityRequest) -> HttpResponse:
    """Let the city's time run at another speed."""
    speed = _number(request.POST.get("speed", ""), allowed=city_clock.SPEEDS)
    city_clock.set_speed(_file(), speed=speed, now=clock.real_now())
    identity.record(request.actor, action="demo.set_speed", details={"speed": speed})
    return redirect("demo:time")


@requires(GUIDE)
@require_POST
def go_forward(request: CityRequest) -> HttpResponse:
    """Move the city's time forward; it never goes back."""
    hours = _number(request.POST.get("hours", ""), allowed=STEPS)
    city_clock.go_forward(_file(), hours=hours, now=clock.real_now())
    identity.record(request.actor, action="demo.go_forward", details={"hours": hours})
    return redirect("demo:time")


def _file() -> Path:
    file = settings.ENV.city_time_file
    if file is None or clock.city_time() is None:
        raise NoDemonstration
    return Path(file)


def _number(text: str, *, allowed: tuple[float, ...]) -> float:
    found = next((value for value in allowed if f"{value:g}" == text), None)
    if found is None:
        raise Invalid(zh("请选择列出的数值"))
    return found
