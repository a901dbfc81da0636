"""Subscriptions of applications: the list, one with its log and dead letters, making and changing."""

from typing import Final

import orjson
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts.subscriptions import DeadLetterInfo, DeliveryInfo, SubscriptionInfo
from onecity.platform.iot.forms.subscriptions import (
    CHANNEL_NAMES,
    TOPIC_NAMES,
    NewSubscriptionForm,
    SubscriptionForm,
    told,
)
from onecity.platform.iot.permissions import SUBSCRIBE
from onecity.platform.iot.selectors.subscriptions import (
    SubscriptionQuery,
    dead_letters,
    deliveries,
    subscription,
    subscriptions,
)
from onecity.platform.iot.services.broker_files import broker_name, events_topic
from onecity.platform.iot.services.subscriptions.making import change_subscription, make_subscription
from onecity.platform.iot.views.shown import organisation_names
from onecity.platform.iot.views.subscription_shown import (
    CONDITION_NAMES,
    OUTCOME,
    secret_page,
    state_badge,
    topics_said,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond

LETTERS_SHOWN: Final = 20
ATTEMPTS_SHOWN: Final = 10
EVENTS_SHOWN: Final = 5


@requires(SUBSCRIBE)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the subscriptions within the visitor's scope."""
    names = organisation_names()
    listing = Listing[SubscriptionInfo](
        title=zh("应用订阅"),
        columns=(
            Column(zh("订阅名称"), lambda row: row.name, link=_link),
            Column(zh("状态"), state_badge),
            Column(zh("投递方式"), lambda row: gettext(CHANNEL_NAMES[row.channel])),
            Column(zh("事件种类"), topics_said, wide_only=True),
            Column(zh("所有者"), lambda row: row.owner_name, wide_only=True),
            Column(zh("所属机构"), lambda row: names.get(row.organisation_id, ""), wide_only=True),
            Column(zh("已投递事件"), lambda row: row.events, look="number", wide_only=True),
            Column(zh("待投递"), lambda row: row.waiting, look="number"),
            Column(zh("死信"), lambda row: row.dead, look="number"),
            Column(zh("最近成功时间"), lambda row: row.succeeded_at, look="moment", wide_only=True),
        ),
        filters=(
            Filter("channel", zh("全部投递方式"), choices=list(CHANNEL_NAMES.items())),
            Filter("state", zh("全部状态"), choices=[("active", zh("投递中")), ("paused", zh("已暂停"))]),
        ),
        fetch=lambda query: subscriptions(
            request.actor,
            SubscriptionQuery(
                search=query.search,
                channel=query.filters.get("channel", ""),
                state=query.filters.get("state", ""),
                after=query.after,
                size=query.size,
            ),
        ),
        searchable=True,
        search_hint=zh("订阅名称"),
        empty=zh("还没有订阅。应用可通过网络回调、MQTT 或事件流接收监测数据、告警和设备状态"),
        actions=[Action(zh("新建订阅"), reverse("iot:new_subscription"))],
    )
    return respond(request, listing)


@requires(SUBSCRIBE)
@require_GET
def page(request: CityRequest, subscription_id: int) -> HttpResponse:
    """Show a subscription, how it goes, its newest attempts and dead letters; the state alone as a fragment."""
    info = subscription(request.actor, subscription_id)
    facts = {
        "subscription": info,
        "state": state_badge(info),
        "channel": CHANNEL_NAMES[info.channel],
        "topics": [TOPIC_NAMES[topic] for topic in info.topics],
        "conditions": [(CONDITION_NAMES[name], _joined(value)) for name, value in info.filter.plain().items()],
        "organisation": organisation_names().get(info.organisation_id, ""),
        "username": broker_name(info.key),
        "topic": events_topic(info.key),
        "stream": f"/api/iot/v1/subscriptions/{info.key}/events",
        "overlapping": info.secret_ends_at is not None and info.secret_ends_at > clock.real_now(),
        "attempts": [(item, OUTCOME[item.succeeded]) for item in _newest(request, subscription_id)],
        "letters": [
            (letter, _content(letter))
            for letter in dead_letters(request.actor, subscription_id, size=LETTERS_SHOWN).rows
        ],
        "events_shown": EVENTS_SHOWN,
        "overlaps": [(0, zh("立即失效")), (1, zh("1小时")), (24, zh("1天")), (168, zh("7天"))],
    }
    template = "iot/subscriptions/state.html" if request.wants_fragment else "iot/subscriptions/page.html"
    return render(request, template, facts)


@requires(SUBSCRIBE)
@require_GET
def log(request: CityRequest, subscription_id: int) -> HttpResponseBase:
    """List all attempts to tell a subscription that are kept."""
    info = subscription(request.actor, subscription_id)
    listing = Listing[DeliveryInfo](
        title=zh("投递记录"),
        columns=(
            Column(zh("时间"), lambda row: row.at, look="moment"),
            Column(zh("结果"), lambda row: OUTCOME[row.succeeded]),
            Column(zh("事件数"), lambda row: row.events, look="number"),
            Column(zh("首个事件"), lambda row: row.first, look="code", wide_only=True),
            Column(zh("末个事件"), lambda row: row.last, look="code", wide_only=True),
            Column(zh("第几次"), lambda row: row.attempt, look="number", wide_only=True),
            Column(zh("响应状态"), lambda row: row.status or None, look="number", wide_only=True),
            Column(zh("耗时（毫秒）"), lambda row: row.latency_ms, look="number"),
            Column(zh("失败原因"), lambda row: row.reason, wide_only=True),
            Column(zh("重放"), lambda row: gettext("是") if row.replayed else "", wide_only=True),
        ),
        filters=(Filter("failed", zh("只看失败"), kind="flag"),),
        fetch=lambda query: deliveries(
            request.actor,
            subscription_id,
            failed=bool(query.filters.get("failed")),
            after=query.after,
            size=query.size,
        ),
        empty=zh("还没有投递记录"),
        template="iot/subscriptions/log.html",
        extra={"subscription": info},
    )
    return respond(request, listing)


@requires(SUBSCRIBE)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Make a subscription and show its secret this once."""
    form = NewSubscriptionForm(request.POST or None)
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_subscription(request.actor, new=form.new(), now=clock.real_now())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            if made.secret:
                return secret_page(request, subscription(request.actor, made.id), made.secret)
            messages.success(request, gettext("订阅已建立"))
            return redirect("iot:subscription", made.id)
    return _form(request, form, title=gettext("新建订阅"), back=reverse("iot:subscriptions"))


@requires(SUBSCRIBE)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, subscription_id: int) -> HttpResponse:
    """Change a subscription."""
    info = subscription(request.actor, subscription_id)
    form = SubscriptionForm(request.POST or None, initial=told(info))
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            change_subscription(request.actor, subscription_id=subscription_id, changes=form.changes())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("订阅已保存"))
            return redirect("iot:subscription", subscription_id)
    return _form(request, form, title=info.name, back=reverse("iot:subscription", args=[subscription_id]))


def _newest(request: CityRequest, subscription_id: int) -> list[DeliveryInfo]:
    return list(deliveries(request.actor, subscription_id, size=ATTEMPTS_SHOWN).rows)


def _content(letter: DeadLetterInfo) -> str:
    shown = letter.content[:EVENTS_SHOWN]
    return "\n".join(orjson.dumps(event, option=orjson.OPT_INDENT_2).decode() for event in shown)


def _joined(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _form(request: CityRequest, form: SubscriptionForm, *, title: str, back: str) -> HttpResponse:
    facts = {
        "form": form,
        "form_title": title,
        "back": back,
        "back_name": zh("应用订阅"),
        "submit": gettext("保存"),
        "intro": zh("订阅以您的权限投递：只会收到您有权查看的设备的数据，权限变化后随之变化。"),
    }
    return render(request, "iot/devices/form.html", facts, status=422 if form.is_bound else 200)


def _link(row: SubscriptionInfo) -> str:
    return reverse("iot:subscription", args=[row.id])
