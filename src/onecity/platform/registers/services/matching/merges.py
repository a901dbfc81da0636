"""Two entries become one, and two again. Nothing is removed: the merged entry points to the kept one."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.identity.api import record
from onecity.platform.registers.models import Certificate, Household, Person, PersonMerge, Residence
from onecity.platform.registers.selectors.persons.rows import locked_person
from onecity.platform.registers.services.persons.states import HOUSEHOLD, amend, facts_of
from onecity.platform.registers.services.persons.uses import checked_reason

_CARRIED: Final = ("citizen_id", "phone", "ethnicity_code", "education_code", "marital_code", "living_place", HOUSEHOLD)


class MergeRefused(Invalid):
    """These two entries cannot be one person."""

    code = "registers.merge_refused"
    message = zh("不能并档：{reason}")


class AlreadyUndone(Conflict):
    """The merge has been undone before."""

    code = "registers.merge_undone"
    message = zh("该并档已撤销")


@transaction.atomic
def merge_persons(actor: Actor, *, kept_id: int, merged_id: int, reason: str, now: datetime) -> int:
    """Make one person of two entries; returns the merge's id.

    The kept entry takes what it lacks (identity number, phone, dwelling, household …) and the other's certificates and
    former residences. Both entries keep their history. now: city time.
    Raises: MergeRefused if both have an identity number, are one entry, or one is merged already; NoSuchPerson;
    ReasonNeeded.
    """
    reason = checked_reason(reason)
    first, second = sorted((kept_id, merged_id))
    locked = {number: locked_person(actor, number) for number in (first, second)} if first != second else {}
    if not locked:
        raise MergeRefused(params={"reason": zh("两份档案相同")})
    kept, merged = locked[kept_id], locked[merged_id]
    ours, theirs = facts_of(kept), facts_of(merged)
    if Person.Status.MERGED in (kept.status, merged.status):
        raise MergeRefused(params={"reason": zh("其中一份档案已经并档")})
    if ours["citizen_id"] and theirs["citizen_id"]:
        raise MergeRefused(params={"reason": zh("两份档案的公民身份号码不同")})
    taken = {name: theirs[name] for name in _CARRIED if theirs[name] and not ours[name]}
    moved = _move(kept, merged, with_head=HOUSEHOLD in taken)
    given_up = {"citizen_id": "", HOUSEHOLD: "", "status": Person.Status.MERGED.value}
    amend(merged, given_up, since=city_date(now), now=now)
    Person.objects.filter(id=merged.id).update(merged_into_id=kept.id)
    amend(kept, taken, since=city_date(now), now=now)
    merge = PersonMerge.objects.create(
        kept=kept,
        merged=merged,
        reason=reason,
        moved=moved,
        former={"status": theirs["status"], HOUSEHOLD: theirs[HOUSEHOLD], "taken": sorted(taken)},
        merged_by=actor.name[:60],
        merged_at=now,
    )
    record(
        actor,
        action="registers.merge_persons",
        target=f"registers.person:{kept.id}",
        details={"merged": merged.id, "reason": reason, "taken": sorted(taken)},
    )
    return merge.id


@transaction.atomic
def undo_merge(actor: Actor, *, merge_id: int, reason: str, now: datetime) -> None:
    """Make two entries of one again: what was taken and moved goes back. Raises: AlreadyUndone; ReasonNeeded."""
    reason = checked_reason(reason)
    merge = PersonMerge.objects.select_for_update().filter(id=merge_id, undone_at=None).first()
    if merge is None:
        raise AlreadyUndone
    first, second = sorted((merge.kept_id, merge.merged_id))
    locked = {number: locked_person(actor, number) for number in (first, second)}
    kept, merged = locked[merge.kept_id], locked[merge.merged_id]
    taken: list[str] = merge.former["taken"]
    carried = facts_of(kept)
    amend(kept, dict.fromkeys(taken, ""), since=city_date(now), now=now)
    back = {"status": merge.former["status"], HOUSEHOLD: merge.former[HOUSEHOLD]}
    if "citizen_id" in taken:
        back["citizen_id"] = carried["citizen_id"]
    amend(merged, back, since=city_date(now), now=now)
    Person.objects.filter(id=merged.id).update(merged_into_id=None)
    _move_back(merge)
    merge.undone_by, merge.undone_at, merge.undo_reason = actor.name[:60], now, reason
    merge.save()
    record(
        actor,
        action="registers.undo_merge",
        target=f"registers.person:{kept.id}",
        details={"merged": merged.id, "reason": reason},
    )


def _move(kept: Person, merged: Person, *, with_head: bool) -> dict[str, list[int]]:
    """Move certificates and residences; a second present dwelling stays where it is."""
    moved: dict[str, list[int]] = {}
    papers = Certificate.objects.filter(person_id=merged.id)
    moved["certificates"] = list(papers.values_list("id", flat=True))
    papers.update(person_id=kept.id)
    homes = Residence.objects.filter(person_id=merged.id)
    if Residence.objects.filter(person_id=kept.id, kind="actual", to_date=None).exists():
        homes = homes.exclude(kind="actual", to_date=None)
    moved["residences"] = list(homes.values_list("id", flat=True))
    Residence.objects.filter(id__in=moved["residences"]).update(person_id=kept.id)
    heads = Household.objects.filter(head_id=merged.id) if with_head else Household.objects.none()
    moved["heads"] = list(heads.values_list("id", flat=True))
    Household.objects.filter(id__in=moved["heads"]).update(head_id=kept.id)
    return moved


def _move_back(merge: PersonMerge) -> None:
    Certificate.objects.filter(id__in=merge.moved["certificates"]).update(person_id=merge.merged_id)
    Residence.objects.filter(id__in=merge.moved["residences"]).update(person_id=merge.merged_id)
    Household.objects.filter(id__in=merge.moved["heads"]).update(head_id=merge.merged_id)
