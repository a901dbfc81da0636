"""Changing a person's fields: settled between sources, kept with history; and writing decisions back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.clock import city_date
from onecity.kernel.masking import masked_identity_number, masked_mobile
from onecity.kernel.text import zh
from onecity.platform.identity.api import record
from onecity.platform.registers.contracts.persons import ChangeOutcome, FieldChange
from onecity.platform.registers.contracts.provenance import Dispute, EntryRef
from onecity.platform.registers.declare import Ruling
from onecity.platform.registers.models import LifeEvent, Person
from onecity.platform.registers.rules.person_fields import BY_NAME, MAINTAINED, POPULATION, faults_of, tidy_name
from onecity.platform.registers.rules.provenance import (
    Claim,
    RankTable,
    Settlement,
    Verdict,
    origin_of,
    settle,
    with_origin,
)
from onecity.platform.registers.selectors.persons.rows import NoSuchPerson, locked_person
from onecity.platform.registers.selectors.provenance import rank_table, source_by_code
from onecity.platform.registers.services.persons.columns import canonical_phone
from onecity.platform.registers.services.persons.entering import PersonRefused, announce
from onecity.platform.registers.services.persons.states import amend, facts_of
from onecity.platform.registers.services.provenance_conflicts import keep_disputes

_MASKS: Final[Mapping[str, Callable[[str], str]]] = {"citizen_id": masked_identity_number, "phone": masked_mobile}


def change_fields(actor: Actor, *, person_id: int, change: FieldChange, now: datetime) -> ChangeOutcome:
    """Bring a source's values for some fields; the rules of sources say which of them stand. now: city time.

    Raises: PersonRefused naming the fields; NoSuchPerson; PersonChanged; UnknownSource.
    """
    values = _checked(change, now=now)
    source = source_by_code(change.source)
    with transaction.atomic():
        person = locked_person(actor, person_id, revision=change.revision)
        _check_whole(person, values, now=now)
        claims = {name: Claim(value, source.id, change.observed_at or now) for name, value in values.items()}
        settled = settle_claims(person, claims, ranks=rank_table(POPULATION, now=now))
        taken = {name: item.standing for name, item in settled.items() if item.verdict is Verdict.TAKEN}
        changed = put_claims(person, taken, since=change, now=now)
        waiting = keep_disputes(disputes_of(person, settled), now=now)
        if changed:
            kind = LifeEvent.Kind.CORRECTION if change.since is None else LifeEvent.Kind.CHANGE
            LifeEvent.objects.create(
                person=person,
                kind=kind,
                happened_date=change.since or city_date(now),
                recorded_at=now,
                fields=list(changed),
                note=change.note[:200],
                actor=actor.key[:60],
                source_id=source.id,
            )
            announce(person, change="changed", now=now)
        verdicts = {name: item.verdict.value for name, item in settled.items()}
        details = {"verdicts": verdicts, "source": source.code, "note": change.note[:200]}
        record(actor, action="registers.change_person", target=f"registers.person:{person.id}", details=details)
    return ChangeOutcome(verdicts, person.revision, waiting)


def settle_claims(person: Person, claims: Mapping[str, Claim], *, ranks: RankTable) -> dict[str, Settlement]:
    """Return the outcome for each field of a locked person; nothing is written."""
    facts, default = facts_of(person), (person.source_id, person.observed_at)
    settled = {}
    for name, claim in claims.items():
        source, at = origin_of(name, default=default, exceptions=person.field_sources)
        current = Claim(facts[name], source, at)
        settled[name] = settle(
            current,
            claim,
            current_rank=ranks.rank(name, source),
            incoming_rank=ranks.rank(name, claim.source_id),
            key=BY_NAME[name].key,
        )
    return settled


def put_claims(
    person: Person, claims: Mapping[str, Claim], *, since: FieldChange | None, now: datetime
) -> tuple[str, ...]:
    """Write claims that stand into a locked person, with their origin and history; returns the changed fields.

    since: the change that says from when; None for today.
    """
    default = (person.source_id, person.observed_at)
    for name, claim in claims.items():
        person.field_sources = with_origin(
            person.field_sources, field=name, origin=(claim.source_id, claim.observed_at), default=default
        )
    patch = {name: claim.value for name, claim in claims.items()}
    begins = city_date(now) if since is None else since.since
    return amend(person, patch, since=begins, now=now)


def disputes_of(person: Person, settled: Mapping[str, Settlement]) -> list[Dispute]:
    """Return what has to be kept of a person's settled fields."""
    entry = EntryRef(POPULATION, person.id, person.organisation_id, person.division_code)
    return [
        Dispute(entry, name, item, masked_value(name, item.losing.value))
        for name, item in settled.items()
        if item.losing is not None
    ]


def masked_value(field: str, value: str) -> str:
    """Return a sealed field's value as people see it; empty for the others, which are shown as they are."""
    mask = _MASKS.get(field)
    return mask(value) if mask else ""


def write_ruling(ruling: Ruling) -> None:
    """Write a decided value into its person: what stood was wrong. Raises: NoSuchPerson."""
    person = (
        Person.objects.select_for_update(of=("self",))
        .select_related("registered_address", "actual_address")
        .filter(id=ruling.entry_id)
        .first()
    )
    if person is None:
        raise NoSuchPerson
    claim = Claim(ruling.value, ruling.source_id, ruling.observed_at)
    decided = FieldChange(values={}, source="", since=None)
    changed = put_claims(person, {ruling.field: claim}, since=decided, now=ruling.now)
    if changed:
        LifeEvent.objects.create(
            person=person,
            kind=LifeEvent.Kind.CORRECTION,
            happened_date=city_date(ruling.now),
            recorded_at=ruling.now,
            fields=list(changed),
            note=zh("依据数据来源冲突裁定"),
            actor=system_actor("registers").key,
            source_id=ruling.source_id,
        )
        announce(person, change="changed", now=ruling.now)


def _checked(change: FieldChange, *, now: datetime) -> dict[str, str]:
    values = {name: value.strip() for name, value in change.values.items()}
    if "name" in values:
        values["name"] = tidy_name(values["name"])
    faults = {name: zh("该项不能直接修改") for name in values if name not in MAINTAINED}
    faults |= {name: zh("该项不能为空") for name in ("name", "sex_code", "birth_date") if values.get(name) == ""}
    if change.since and change.since > city_date(now):
        faults["since"] = zh("日期不能晚于今天")
    faults = faults_of(values, today=city_date(now)) | faults
    if faults:
        raise PersonRefused(fields=faults)
    if "phone" in values:
        values["phone"] = canonical_phone(values["phone"])
    return values


def _check_whole(person: Person, values: Mapping[str, str], *, now: datetime) -> None:
    """Refuse values that contradict what the person's identity number says."""
    if not {"birth_date", "sex_code"} & set(values):
        return
    known = facts_of(person)
    whole = {name: values.get(name, known[name]) for name in ("citizen_id", "birth_date", "sex_code")}
    faults = faults_of(whole, today=city_date(now))
    if faults:
        raise PersonRefused(fields=faults)
