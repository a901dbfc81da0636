"""Entering entities one by one, changing them, and writing decisions back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.clock import city_date
from onecity.kernel.coordinates.points import Wgs84
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.identifiers.citizen_id import InvalidCitizenId, parse_citizen_id
from onecity.kernel.identifiers.fault import tidied
from onecity.kernel.masking import masked_identity_number
from onecity.kernel.text import zh
from onecity.platform.identity.api import record, seal_personal
from onecity.platform.identity.contracts import SealedPersonal
from onecity.platform.registers.contracts.entities import NewEntity
from onecity.platform.registers.contracts.persons import ChangeOutcome, FieldChange
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.declare import Ruling
from onecity.platform.registers.events import ENTITY_CHANGED
from onecity.platform.registers.models import EntityChange, EntityStatus, LegalEntity
from onecity.platform.registers.models.entities import SRID
from onecity.platform.registers.rules.entities.fields import (
    BY_NAME,
    IDENTIFIER,
    LEGAL_ENTITIES,
    NEEDED,
    canonical,
    faults_of,
    kind_of_code,
)
from onecity.platform.registers.rules.provenance import Claim
from onecity.platform.registers.selectors.entities.facts import stored_states
from onecity.platform.registers.selectors.entities.rows import NoSuchEntity, check_place, locked_entity
from onecity.platform.registers.selectors.entities.states import put_facts
from onecity.platform.registers.selectors.provenance import rank_table, source_by_code
from onecity.platform.registers.services.entities.changing import disputes_of, planned, settle_values, taken, write
from onecity.platform.registers.services.provenance_conflicts import keep_disputes

REPRESENTATIVE: Final = "registers.legalentity.representative"
DEFAULTS: Final[Mapping[str, str]] = {"status": "existing", "capital_currency": "CNY"}


class EntityRefused(Invalid):
    """What was given does not make an entity; the fields say why."""

    code = "registers.entity_refused"
    message = zh("单位信息不符合要求")


class EntityKnown(Conflict):
    """The register has this credit code already."""

    code = "registers.entity_known"
    message = zh("法人库中已有此统一社会信用代码")


def register_entity(actor: Actor, *, new: NewEntity, now: datetime) -> int:
    """Enter an entity and return the register's number. now: city time.

    Raises: EntityRefused naming the fields; EntityKnown; NotPermitted outside the actor's scope; UnknownSource.
    """
    source = source_by_code(new.source)
    uscc, values = tidied(new.uscc), _whole(new, today=city_date(now))
    row = blank_entity(uscc, values, source=source, observed_at=new.observed_at or now, now=now)
    row.valid_from = new.valid_from or row.valid_from
    row.is_made_up, row.representative_person = new.is_made_up, new.representative_person
    row.location = _point(new.place)
    _put_number(row, sealed_number(new.representative_number))
    check_place(actor, organisation_id=row.organisation_id, division_code=row.division_code)
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise EntityKnown(fields={IDENTIFIER: EntityKnown.message}) from None
        note_entries(actor, [row], now=now)
        target = f"registers.legalentity:{row.id}"
        record(actor, action="registers.register_entity", target=target, details={"source": source.code})
        announce(row, change="registered", now=now)
    return row.id


def change_entity(actor: Actor, *, entity_id: int, change: FieldChange, now: datetime) -> ChangeOutcome:
    """Bring a source's values for some fields; the rules of sources say which of them stand. now: city time.

    Raises: EntityRefused naming the fields; NoSuchEntity; EntityChanged; UnknownSource.
    """
    values = _checked(change, now=now)
    source = source_by_code(change.source)
    with transaction.atomic():
        row = locked_entity(actor, entity_id, revision=change.revision)
        observed = change.observed_at or now
        settled = settle_values(
            row, values, source=source, observed_at=observed, ranks=rank_table(LEGAL_ENTITIES, now=now)
        )
        disputes = disputes_of(row, settled)
        stored = stored_states([row.id]).get(row.id, [])
        plan = planned(row, taken(settled), stored=stored, since=change.since, now=now, note=change.note[:200])
        if plan is not None:
            write(actor, [plan], now=now, day=city_date(now))
            announce(row, change="changed", now=now)
        waiting = keep_disputes(disputes, now=now)
        verdicts = {name: item.verdict.value for name, item in settled.items()}
        details = {"verdicts": verdicts, "source": source.code, "note": change.note[:200]}
        record(actor, action="registers.change_entity", target=f"registers.legalentity:{row.id}", details=details)
    return ChangeOutcome(verdicts, row.revision, waiting)


def write_ruling(ruling: Ruling) -> None:
    """Write a decided value into its entity: what stood was wrong. Raises: NoSuchEntity."""
    row = LegalEntity.objects.select_for_update().filter(id=ruling.entry_id).first()
    if row is None:
        raise NoSuchEntity
    claim = Claim(ruling.value, ruling.source_id, ruling.observed_at)
    stored = stored_states([row.id]).get(row.id, [])
    note = zh("依据数据来源冲突裁定")
    plan = planned(row, {ruling.field: claim}, stored=stored, since=None, now=ruling.now, note=note)
    if plan is not None:
        write(system_actor("registers"), [plan], now=ruling.now, day=city_date(ruling.now))
        announce(row, change="changed", now=ruling.now)


def blank_entity(
    uscc: str, values: Mapping[str, str], *, source: SourceInfo, observed_at: datetime, now: datetime
) -> LegalEntity:
    """Return an entity that is not saved yet, with its values in place."""
    row = LegalEntity(
        uscc=uscc,
        organisation_id=source.organisation_id,
        source_id=source.id,
        observed_at=observed_at,
        valid_from=city_date(observed_at),
        known_from=now,
        created_at=now,
    )
    kind = {"kind": kind_of_code(uscc) or "other"}
    put_facts(row, {**DEFAULTS, **kind, **{name: value for name, value in values.items() if value}})
    row.status_on = row.established_on or row.valid_from
    return row


def note_entries(actor: Actor, rows: list[LegalEntity], *, now: datetime) -> None:
    """Write down that entities were entered, and the state with which their lives in the register begin."""
    EntityStatus.objects.bulk_create(
        [
            EntityStatus(
                entity_id=row.id,
                status=row.status,
                since=row.status_on or row.valid_from,
                source_id=row.source_id,
                created_at=now,
            )
            for row in rows
        ],
        batch_size=2_000,
    )
    EntityChange.objects.bulk_create(
        [
            EntityChange(
                entity_id=row.id,
                kind=EntityChange.Kind.ENTRY,
                happened_date=row.valid_from,
                recorded_at=now,
                actor=actor.key[:60],
                source_id=row.source_id,
            )
            for row in rows
        ],
        batch_size=2_000,
    )


def announce(row: LegalEntity, *, change: str, now: datetime) -> None:
    """Tell the modules above, in the transaction of the change."""
    bus.announce(
        ENTITY_CHANGED, entity_id=row.id, uscc=row.uscc, change=change, organisation_id=row.organisation_id, at=now
    )


def sealed_number(number: str) -> SealedPersonal:
    """Check and seal an identity number; empty stays empty. Raises: EntityRefused."""
    if not number.strip():
        return SealedPersonal(b"", "", "")
    try:
        plain = parse_citizen_id(number).number
    except InvalidCitizenId as refusal:
        raise EntityRefused(fields={"number": refusal.sentence()}) from None
    return seal_personal(plain, context=REPRESENTATIVE, masked=masked_identity_number(plain))


def _put_number(row: LegalEntity, number: SealedPersonal) -> None:
    row.representative_sealed, row.representative_hash = number.sealed, number.hashed
    row.representative_masked = number.masked


def _point(place: tuple[float, float] | None) -> Point | None:
    if place is None:
        return None
    point = Wgs84(*place)
    return Point(point.lon, point.lat, srid=SRID)


def _whole(new: NewEntity, *, today: date) -> dict[str, str]:
    """Return a new entity's values as canonical text. Raises: EntityRefused."""
    uscc = tidied(new.uscc)
    values = {name: canonical(name, text) for name, text in new.values.items()}
    values["kind"] = values.get("kind") or kind_of_code(uscc)
    faults = faults_of({IDENTIFIER: uscc, **values}, today=today)
    faults |= {name: zh("该项不能为空") for name in NEEDED if not values.get(name)}
    if not uscc:
        faults[IDENTIFIER] = zh("该项不能为空")
    if faults:
        raise EntityRefused(fields=faults)
    return values


def _checked(change: FieldChange, *, now: datetime) -> dict[str, str]:
    values = {name: canonical(name, text) for name, text in change.values.items()}
    faults = faults_of(values, today=city_date(now))
    faults |= {name: zh("没有这个项目") for name in values if name not in BY_NAME}
    faults |= {name: zh("该项不能为空") for name in (*NEEDED, "status") if values.get(name) == ""}
    if change.since and change.since > city_date(now):
        faults["since"] = zh("日期不能晚于今天")
    if faults:
        raise EntityRefused(fields=faults)
    return values
