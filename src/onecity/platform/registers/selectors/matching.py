"""Reading runs, doubtful pairs and merges, within the actor's scope."""

from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity.api import row_scope
from onecity.platform.registers.contracts.matching import MatchRunInfo, MergeInfo, PairInfo
from onecity.platform.registers.models import DoubtfulPair, MatchModel, MatchRun, Person, PersonMerge
from onecity.platform.registers.permissions import JUDGE_PAIRS, VIEW_PERSONS
from onecity.web.keyset import page_of
from onecity.web.listing import Query
from onecity.web.paging import Page


def run_info(run: MatchRun) -> MatchRunInfo:
    """Return a run as others see it."""
    return MatchRunInfo(
        id=run.id,
        code=run.code,
        title=run.title,
        source_name=run.source.name if run.source else "",
        model_number=run.model.number,
        records=run.records,
        exact=run.exact,
        probable=run.probable,
        doubtful=run.doubtful,
        unmatched=run.unmatched,
        seconds=run.seconds,
        started_by=run.started_by,
        created_at=run.created_at,
    )


def runs_page(actor: Actor, query: Query) -> Page[MatchRunInfo]:
    """Return runs within the actor's scope, newest first."""
    rows = MatchRun.objects.filter(row_scope(actor, JUDGE_PAIRS).q(division="")).select_related("source", "model")
    return page_of(rows, after=query.after, size=query.size).shown(run_info)


def pairs_page(actor: Actor, query: Query) -> Page[PairInfo]:
    """Return doubtful pairs within the actor's scope, newest first; filters: state, run."""
    rows = DoubtfulPair.objects.filter(row_scope(actor, JUDGE_PAIRS).q())
    if query.filters.get("state"):
        rows = rows.filter(state=query.filters["state"])
    if query.filters.get("run", "").isdigit():
        rows = rows.filter(run_id=int(query.filters["run"]))
    page = page_of(rows, after=query.after, size=query.size)
    return Page(_pairs(page.rows), page.next)


def pair(actor: Actor, pair_id: int) -> PairInfo:
    """Return one pair. Raises: NotFound."""
    found = _pairs(DoubtfulPair.objects.filter(row_scope(actor, JUDGE_PAIRS).q(), id=pair_id))
    if not found:
        raise NotFound
    return found[0]


def next_waiting(actor: Actor, *, after_id: int) -> int | None:
    """Return the next pair that waits, for working through them one by one."""
    rows = DoubtfulPair.objects.filter(row_scope(actor, JUDGE_PAIRS).q(), state=DoubtfulPair.State.WAITING)
    found = rows.exclude(id=after_id).order_by("-created_at", "-id").values_list("id", flat=True).first()
    return int(found) if found is not None else None


def merges_of(actor: Actor, person_id: int) -> list[MergeInfo]:
    """Return the merges of a person whom the actor may see, newest first."""
    if not Person.objects.filter(row_scope(actor, VIEW_PERSONS).q(), id=person_id).exists():
        return []
    rows = PersonMerge.objects.filter(Q(kept_id=person_id) | Q(merged_id=person_id)).select_related("kept", "merged")
    return [_merge(row) for row in rows.order_by("-merged_at", "-id")]


def models() -> list[MatchModel]:
    """Return all editions of the matching model, newest first."""
    return list(MatchModel.objects.order_by("-number"))


def _pairs(rows: "QuerySet[DoubtfulPair] | Sequence[DoubtfulPair]") -> list[PairInfo]:
    found = list(rows.select_related("run") if isinstance(rows, QuerySet) and not rows.query.is_sliced else rows)
    ids = {row.person_id for row in found} | {row.other_id for row in found if row.other_id}
    persons = {
        row.id: row for row in Person.objects.select_related("registered_address", "actual_address").filter(id__in=ids)
    }
    return [_pair(row, persons) for row in found]


def _pair(row: DoubtfulPair, persons: Mapping[int, Person]) -> PairInfo:
    left = row.facts if row.other_id is None else _facts(persons[row.other_id])
    return PairInfo(
        id=row.id,
        created_at=row.created_at,
        run_title=row.run.title,
        person_id=row.person_id,
        other_id=row.other_id,
        left=left,
        right=_facts(persons[row.person_id]),
        agreement=row.agreement,
        probability=row.probability,
        state=row.state,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        note=row.note,
    )


def _facts(person: Person) -> dict[str, str]:
    place = person.actual_address or person.registered_address
    return {
        "name": person.name,
        "sex_code": person.sex_code,
        "birth_date": person.birth_date.isoformat(),
        "address": place.text if place else "",
        "division_code": person.division_code,
        "citizen_id": person.citizen_id_masked,
        "phone": person.phone_masked,
    }


def _merge(row: PersonMerge) -> MergeInfo:
    return MergeInfo(
        id=row.id,
        kept_id=row.kept_id,
        merged_id=row.merged_id,
        kept_name=row.kept.name,
        merged_name=row.merged.name,
        reason=row.reason,
        merged_by=row.merged_by,
        merged_at=row.merged_at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
        undo_reason=row.undo_reason,
    )
