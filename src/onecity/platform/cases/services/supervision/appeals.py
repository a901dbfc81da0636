"""Appeals (申诉) against cards: made within the term, decided by the supervising post, reminded of when overdue."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel import bus, clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.events import CARD_DECIDED
from onecity.platform.cases.models import Card
from onecity.platform.cases.rules.outcomes import LONGEST_NOTE
from onecity.platform.cases.rules.supervision import CardIsSettled, check_appeal
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.cards import card_keys
from onecity.platform.cases.selectors.scopes import covers
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.supervision.watching import WATCHER
from onecity.platform.cases.services.telling import Holders
from onecity.platform.cases.services.writing import write_entries
from onecity.platform.identity.api import record
from onecity.platform.messages.api import send

APPEALED: Final = "cases.card_appealed"
SETTLED: Final = {"withdrawn": "cases.card_withdrawn", "upheld": "cases.card_upheld"}
BATCH: Final = 20


class OwnAppeal(Conflict):
    """Nobody decides on his own appeal, or on a card against himself."""

    code = "own_appeal"
    message = zh("不能答复自己的申诉或针对自己的监察牌")


def appeal_card(actor: Actor, *, card_id: int, reason: str, now: datetime) -> None:
    """Appeal against a card: whoever it names, or holds the late task's post where it belongs. now: city time.

    Raises: NotFound; NotPermitted; CardIsSettled; TooLateToAppeal; Invalid without a reason.
    """
    text = _text(reason)
    with transaction.atomic():
        card = _locked(card_id)
        if not may_appeal(actor, card):
            raise NotPermitted
        check_appeal(card.state, until=card.appeal_until, now=now)
        rule = version(card.case.version_id).settings.supervision
        card.state, card.appeal, card.appealed_at = Card.State.APPEALED, text, now
        card.appealed_by, card.appealed_by_name = actor.key[:60], actor.name[:60]
        card.decide_by = rule.decide.after(now, calendar=calendar_of(card.division_code))
        card.save()
        _leave_trace(actor, card, kind="appealed", text=text, now=now)
        _tell_deciders(Holders(now=now), card, now=now)


def decide_card(actor: Actor, *, card_id: int, withdraw: bool, note: str, now: datetime) -> None:
    """Withdraw an appealed card, or uphold it. now: city time.

    Raises: NotFound; NotPermitted for whoever does not hold the deciding post; CardIsSettled if there is no open
    appeal; OwnAppeal; Invalid without a note.
    """
    text = _text(note)
    with transaction.atomic():
        card = _locked(card_id)
        if not covers(actor, card.post, keys=card_keys(card)):
            raise NotPermitted
        if card.state != Card.State.APPEALED:
            raise CardIsSettled
        if actor.kind == "account" and (card.appealed_by == actor.key or card.account_id == actor.id):
            raise OwnAppeal
        card.state = Card.State.WITHDRAWN if withdraw else Card.State.UPHELD
        card.decided_at, card.note = now, text
        card.decided_by, card.decided_by_name = actor.key[:60], actor.name[:60]
        card.save()
        _leave_trace(actor, card, kind="card_settled", text=text, now=now)
        kind, _, number = card.appealed_by.partition(":")
        if kind == "account":
            params, template = {"number": card.case.number}, SETTLED[card.state]
            send(actor, to=[int(number)], template=template, params=params, link=_link(card), now=now)
        bus.announce(CARD_DECIDED, case_id=card.case_id, card_id=card.id, state=card.state, at=now)


def may_appeal(actor: Actor, card: Card) -> bool:
    """Say whether an actor may speak for whoever a card is against."""
    if actor.kind == "account" and actor.id == card.account_id:
        return True
    return covers(actor, card.task.post, keys=card_keys(card))


def remind_of_appeals(*, now: datetime) -> int:
    """Tell who should have decided an appeal by now, once; returns of how many. now: city time."""
    with transaction.atomic():
        due = Card.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).select_related("case")
        rows = list(due.filter(state=Card.State.APPEALED, reminded_at__isnull=True, decide_by__lte=now)[:BATCH])
        holders = Holders(now=now)
        for card in rows:
            card.reminded_at = now
            card.save(update_fields=["reminded_at"])
            _tell_deciders(holders, card, now=now)
    return len(rows)


def remind_now() -> int:
    """Remind by the city's time; the tick."""
    return remind_of_appeals(now=clock.city_now())


def _tell_deciders(holders: Holders, card: Card, *, now: datetime) -> None:
    to = holders.of(card.post, organisation_id=card.organisation_id, division_code=card.division_code)
    params = {"number": card.case.number}
    send(WATCHER, to=to, template=APPEALED, params=params, link=_link(card), now=now)


def _text(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_NOTE:
        raise Invalid(fields={"reason": zh("请写明理由（至多2000字）")})
    return text.strip()


def _locked(card_id: int) -> Card:
    rows = Card.objects.select_for_update(no_key=True, of=("self",)).select_related("case", "task")
    card = rows.filter(id=card_id).first()
    if card is None:
        raise NotFound(zh("没有这个监察牌"))
    return card


def _link(card: Card) -> str:
    return f"/supervision/cards/{card.id}"


def _leave_trace(actor: Actor, card: Card, *, kind: str, text: str, now: datetime) -> None:
    data = {"name": card.task.name, "level": card.level, "card_id": card.id, "card_state": card.state}
    write_entries(card.case_id, entry(kind, actor, at=now, text=text, data=data, task_id=card.task_id))
    record(actor, action=f"cases.{kind}", target=f"cases.card:{card.id}", details={"state": card.state})
