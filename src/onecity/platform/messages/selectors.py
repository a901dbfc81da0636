"""Reading one's own inbox, in one's own language."""

from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.messages.contracts import MessageInfo, TemplateChoice
from onecity.platform.messages.models import Message, Mute
from onecity.platform.messages.registries import templates
from onecity.platform.messages.rules import filled
from onecity.web.keyset import page_of
from onecity.web.paging import Cursor, Page

COUNTED_AT_MOST: Final = 100


def inbox(
    actor: Actor, *, unread_only: bool = False, template: str = "", after: Cursor | None = None, size: int = 20
) -> Page[MessageInfo]:
    """Return the actor's messages, newest first.

    Raises: NotPermitted if the actor is no account.
    """
    rows = _own(actor)
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    if template:
        rows = rows.filter(template_code=template)
    return page_of(rows, after=after, size=size).shown(info_of)


def unread_count(actor: Actor) -> int:
    """Return how many messages the actor has not read, `COUNTED_AT_MOST` at most: nobody needs to know more."""
    unread = _own(actor).filter(read_at__isnull=True).values("id")[:COUNTED_AT_MOST]
    return unread.count()


def message(actor: Actor, message_id: int) -> MessageInfo:
    """Return one of the actor's own messages.

    Raises: NotFound; NotPermitted if the actor is no account.
    """
    row = _own(actor).filter(id=message_id).first()
    if row is None:
        raise NotFound(zh("没有这条消息"))
    return info_of(row)


def template_choices(actor: Actor) -> list[TemplateChoice]:
    """Return the kinds of message that the actor has got or muted, by name."""
    received = set(_own(actor).order_by().values_list("template_code", flat=True).distinct())
    muted = set(Mute.objects.filter(account_id=actor.account_id).values_list("template_code", flat=True))
    choices = [
        TemplateChoice(item.code, gettext(item.name), item.code in muted, not item.urgent)
        for item in templates()
        if item.code in received | muted
    ]
    return sorted(choices, key=lambda choice: choice.name)


def info_of(row: Message) -> MessageInfo:
    """Return a message as its reader sees it; one whose template is gone shows its code."""
    template = templates().get(row.template_code)
    sentences = (template.title, template.body) if template else (row.template_code, "")
    title, body = (filled(gettext(text), row.params, say=gettext, moment=_moment) if text else "" for text in sentences)
    return MessageInfo(
        id=row.id,
        template=row.template_code,
        kind=gettext(template.name) if template else row.template_code,
        title=title,
        body=body,
        link=row.link,
        created_at=row.created_at,
        is_read=row.read_at is not None,
        is_urgent=row.is_urgent,
    )


def _own(actor: Actor) -> QuerySet[Message]:
    return Message.objects.filter(recipient_id=actor.account_id)


def _moment(value: datetime) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
