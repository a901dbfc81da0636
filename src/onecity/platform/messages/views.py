"""Pages of the inbox."""

from typing import Final

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.text import zh
from onecity.platform.messages import selectors
from onecity.platform.messages.contracts import MessageInfo
from onecity.platform.messages.services import reading
from onecity.web.access import signed_in
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, respond

LATEST: Final = 5


@signed_in
@require_GET
def inbox(request: CityRequest) -> HttpResponseBase:
    """List one's messages, unread ones marked."""
    actor = request.actor
    kinds = [(choice.code, choice.name) for choice in selectors.template_choices(actor)]
    listing = Listing[MessageInfo](
        title=zh("我的消息"),
        columns=(
            Column(zh("标题"), lambda item: item.title),
            Column(zh("内容"), lambda item: item.body),
            Column(zh("类型"), lambda item: item.kind),
            Column(zh("状态"), lambda item: Badge(zh("已读")) if item.is_read else Badge(zh("未读"), "blue")),
            Column(zh("时间"), lambda item: item.created_at, look="moment"),
        ),
        filters=(Filter("unread", zh("仅看未读"), kind="flag"), Filter("template", zh("全部类型"), choices=kinds)),
        fetch=lambda query: selectors.inbox(
            actor,
            unread_only="unread" in query.filters,
            template=query.filters.get("template", ""),
            after=query.after,
            size=query.size,
        ),
        template="messages/inbox.html",
        fragment="messages/rows.html",
        extra={"unread": selectors.unread_count(actor)},
    )
    return respond(request, listing)


@signed_in
@require_GET
def unread(request: CityRequest) -> HttpResponse:
    """Give the number on the bell; as a page, the unread messages themselves."""
    if not request.wants_fragment:
        return redirect(f"{reverse('messages:inbox')}?unread=1")
    count = selectors.unread_count(request.actor)
    many = f"{selectors.COUNTED_AT_MOST - 1}+"
    return HttpResponse(many if count >= selectors.COUNTED_AT_MOST else str(count or ""))


@signed_in
@require_GET
def latest(request: CityRequest) -> HttpResponse:
    """Give the latest unread messages for the home page; as a page, the inbox."""
    if not request.wants_fragment:
        return redirect("messages:inbox")
    page = selectors.inbox(request.actor, unread_only=True, size=LATEST)
    return render(request, "messages/latest.html", {"items": page.rows})


@signed_in
@require_GET
def open_message(request: CityRequest, message_id: int) -> HttpResponse:
    """Mark a message as read and go where it leads; one that leads nowhere is shown."""
    found = selectors.message(request.actor, message_id)
    reading.mark_read(request.actor, message_id=message_id, now=request.now)
    return redirect(found.link) if found.link else render(request, "messages/message.html", {"item": found})


@signed_in
@require_POST
def read(request: CityRequest, message_id: int) -> HttpResponse:
    """Mark one message as read without opening it."""
    reading.mark_read(request.actor, message_id=message_id, now=request.now)
    if not request.wants_fragment:
        return redirect("messages:inbox")
    return render(request, "messages/row.html", {"item": selectors.message(request.actor, message_id)})


@signed_in
@require_POST
def read_all(request: CityRequest) -> HttpResponse:
    """Mark all messages as read."""
    count = reading.mark_all_read(request.actor, now=request.now)
    notices.success(request, gettext("已将 %(count)d 条消息标为已读。") % {"count": count})
    return redirect("messages:inbox")


@signed_in
@require_http_methods(["GET", "POST"])
def preferences(request: CityRequest) -> HttpResponse:
    """Choose of which kinds of message one wants to be told."""
    choices = selectors.template_choices(request.actor)
    if request.method == "GET":
        return render(request, "messages/preferences.html", {"choices": choices})
    wanted = set(request.POST.getlist("told"))
    for choice in choices:
        if choice.may_mute and choice.is_muted == (choice.code in wanted):
            reading.mute(request.actor, template=choice.code, muted=not choice.is_muted)
    notices.success(request, gettext("消息设置已保存。"))
    return redirect("messages:preferences")
