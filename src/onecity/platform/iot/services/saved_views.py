"""Views of the data explorer that people keep."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import SavedView

MOST_VIEWS: Final = 50
LONGEST_TITLE: Final = 60


class TooManyViews(Conflict):
    """Somebody has as many views as one may have."""

    code = "iot.too_many_views"
    message = zh("每人最多保存50个视图，请先删除不用的视图")


def save_view(actor: Actor, *, title: str, query: Mapping[str, Sequence[str]], now: datetime) -> int:
    """Keep a view under a title; one with the same title is replaced. now: real time.

    Raises: Invalid without a title; TooManyViews; NotPermitted for who has no account.
    """
    title = title.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Invalid(fields={"title": zh("请填写视图名称，最多60个字")})
    if actor.account_id is None:
        raise NotPermitted
    with transaction.atomic():
        own = SavedView.objects.filter(account_id=actor.account_id)
        if own.exclude(title=title).count() >= MOST_VIEWS:
            raise TooManyViews
        kept = {name: list(values) for name, values in query.items()}
        row, _ = SavedView.objects.update_or_create(
            account_id=actor.account_id, title=title, defaults={"query": kept, "created_at": now}
        )
        identity.record(actor, action="iot.save_view", target=f"iot.view:{row.id}", details={"title": title})
    return row.id


def delete_view(actor: Actor, *, view_id: int) -> None:
    """Forget a view.

    Raises: NotFound if there is none, or it is somebody else's.
    """
    with transaction.atomic():
        gone, _ = SavedView.objects.filter(id=view_id, account_id=actor.account_id).delete()
        if not gone:
            raise NotFound
        identity.record(actor, action="iot.delete_view", target=f"iot.view:{view_id}")
