"""Cards of electronic supervision as an actor may see them."""

from dataclasses import dataclass

from django.db.models import Q

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CardInfo
from onecity.platform.cases.models import Card
from onecity.platform.cases.permissions import VIEW
from onecity.platform.cases.selectors.scopes import covers, division_keys, organisation_keys
from onecity.platform.cases.selectors.types import visible_types
from onecity.platform.identity.api import row_scope
from onecity.web.paging import PAGE_SIZE, Count, Cursor, Page

MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class CardFilter:
    """What a list of cards is narrowed by."""

    level: str = ""
    state: str = ""


def cards(
    actor: Actor,
    *,
    filters: CardFilter = CardFilter(),  # frozen
    after: Cursor | None = None,
    size: int = PAGE_SIZE,
) -> Page[CardInfo]:
    """Return the cards that an actor may see, the latest first."""
    condition = _visible(actor)
    if filters.level:
        condition &= Q(level=filters.level)
    if filters.state:
        condition &= Q(state=filters.state)
    rows = Card.objects.select_related("case", "task").filter(condition).order_by("-issued_at", "-id")
    count = None
    if after:
        rows = rows.filter(Q(issued_at__lt=after.at) | Q(issued_at=after.at, id__lt=after.id))
    else:
        number = len(rows.values_list("id")[: MOST_COUNTED + 1])
        count = Count(min(number, MOST_COUNTED), open_ended=number > MOST_COUNTED)
    found = list(rows[: size + 1])
    shown = found[:size]
    further = Cursor(at=shown[-1].issued_at, id=shown[-1].id) if len(found) > size else None
    return Page([_info(row) for row in shown], further, count)


def cards_of(case_id: int) -> list[CardInfo]:
    """Return the cards of a case that the actor has been shown, the latest first."""
    rows = Card.objects.select_related("case", "task").filter(case_id=case_id).order_by("-id")
    return [_info(row) for row in rows]


def visible_card(actor: Actor, card_id: int) -> Card:
    """Return a card that the actor may see.

    Raises: NotFound, also for a card that the actor may not know of.
    """
    row = Card.objects.select_related("case", "task").filter(_visible(actor), id=card_id).first()
    if row is None:
        raise NotFound(zh("没有这个监察牌，或您无权查看"))
    return row


def card(actor: Actor, card_id: int) -> CardInfo:
    """Return a card.

    Raises: NotFound.
    """
    return _info(visible_card(actor, card_id))


def card_keys(row: Card) -> frozenset[str]:
    """Return the scope keys under which a card is dealt with."""
    return frozenset({*organisation_keys(row.organisation_id), *division_keys(row.division_code)})


def may_decide(actor: Actor, row: Card) -> bool:
    """Say whether an actor may decide on a card's open appeal."""
    mine = actor.kind == "account" and (row.appealed_by == actor.key or row.account_id == actor.id)
    return row.state == Card.State.APPEALED and not mine and covers(actor, row.post, keys=card_keys(row))


def _visible(actor: Actor) -> Q:
    """Return the condition of cards that an actor may see: his bodies and places, of types that he may see at all."""
    return row_scope(actor, VIEW).q() & Q(case__case_type_id__in=[item.id for item in visible_types(actor)])


def _info(row: Card) -> CardInfo:
    return CardInfo(
        id=row.id,
        level=row.level,
        state=row.state,
        number=row.case.number,
        title=row.case.title,
        task_name=row.task.name,
        organisation_id=row.organisation_id,
        account_id=row.account_id,
        missed_at=row.missed_at,
        issued_at=row.issued_at,
        appeal_until=row.appeal_until,
        appealed_at=row.appealed_at,
        appealed_by_name=row.appealed_by_name,
        appeal=row.appeal,
        decide_by=row.decide_by,
        decided_at=row.decided_at,
        decided_by_name=row.decided_by_name,
        note=row.note,
    )
