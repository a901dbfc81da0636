"""What is done with one subscription: paused, tested, given another secret, replayed, rewound, taken over, ended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.permissions import SUBSCRIBE
from onecity.platform.iot.selectors.subscriptions import subscription
from onecity.platform.iot.services.subscriptions import making, replaying, rotating
from onecity.platform.iot.views.shown import sentence
from onecity.platform.iot.views.subscription_shown import secret_page
from onecity.web.access import requires
from onecity.web.http import CityRequest

Turn = Callable[[CityRequest, int], str]


@requires(SUBSCRIBE)
@require_POST
def turn(request: CityRequest, subscription_id: int, action: str) -> HttpResponse:
    """Do one thing with a subscription and come back to its page."""
    if action not in _TURNS:
        raise NotFound
    try:
        said = _TURNS[action](request, subscription_id)
    except OneCityError as refusal:
        if isinstance(refusal, NotFound):
            raise
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, said)
    return redirect("iot:subscription", subscription_id)


@requires(SUBSCRIBE)
@require_POST
def secret(request: CityRequest, subscription_id: int) -> HttpResponse:
    """Replace the secret and show the new one this once."""
    hours = request.POST.get("overlap_h", "24")
    if not hours.isascii() or not hours.isdigit() or len(hours) > 3:
        raise Invalid(fields={"overlap": zh("新旧密钥并用时间应在7天以内")})
    overlap, now = timedelta(hours=int(hours)), clock.real_now()
    try:
        made = rotating.rotate_secret(request.actor, subscription_id=subscription_id, overlap=overlap, now=now)
    except making.NotYours as refusal:
        messages.error(request, sentence(refusal))
        return redirect("iot:subscription", subscription_id)
    return secret_page(request, subscription(request.actor, subscription_id), made)


@requires(SUBSCRIBE)
@require_POST
def end(request: CityRequest, subscription_id: int) -> HttpResponse:
    """End a subscription."""
    making.end_subscription(request.actor, subscription_id=subscription_id)
    messages.success(request, gettext("订阅已取消"))
    return redirect("iot:subscriptions")


def _pause(request: CityRequest, number: int) -> str:
    making.set_paused(request.actor, subscription_id=number, paused=True)
    return gettext("订阅已暂停，期间的事件会保留，恢复后继续投递")


def _resume(request: CityRequest, number: int) -> str:
    making.set_paused(request.actor, subscription_id=number, paused=False)
    return gettext("订阅已恢复")


def _sample(request: CityRequest, number: int) -> str:
    replaying.send_sample(request.actor, subscription_id=number, now=request.now)
    return gettext("测试事件已发出，结果见下方投递记录")


def _take_over(request: CityRequest, number: int) -> str:
    making.take_over(request.actor, subscription_id=number)
    return gettext("订阅已由您接管，此后以您的权限投递")


def _replay(request: CityRequest, number: int) -> str:
    letters = _chosen(request)
    done = replaying.replay(request.actor, subscription_id=number, letters=letters, now=clock.real_now())
    return gettext("%(number)s批死信即将重放") % {"number": done}


def _discard(request: CityRequest, number: int) -> str:
    done = replaying.discard(request.actor, subscription_id=number, letters=_chosen(request) or [])
    return gettext("已删除%(number)s批死信") % {"number": done}


def _rewind(request: CityRequest, number: int) -> str:
    replaying.rewind(request.actor, subscription_id=number, after=request.POST.get("after", "").strip())
    return gettext("投递位置已更改")


def _chosen(request: CityRequest) -> list[int] | None:
    """Return the dead letter that a button stands beside; None for all."""
    text = request.POST.get("letter", "")
    return [int(text)] if text.isascii() and text.isdigit() and len(text) < 19 else None


_TURNS: Final[dict[str, Turn]] = {
    "pause": _pause,
    "resume": _resume,
    "sample": _sample,
    "take-over": _take_over,
    "replay": _replay,
    "discard": _discard,
    "rewind": _rewind,
}
