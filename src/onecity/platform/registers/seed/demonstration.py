"""The population of a demonstration: some thousand made-up people, rules of sources, and contradictions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.text import zh
from onecity.platform.registers.contracts.persons import BlockKey, FieldChange, NewEvent, Place
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.models import Person, SourceVersion
from onecity.platform.registers.rules.person_fields import POPULATION
from onecity.platform.registers.seed.filling import fill
from onecity.platform.registers.services.persons.changing import change_fields
from onecity.platform.registers.services.persons.columns import CITIZEN_ID, opened
from onecity.platform.registers.services.persons.life_events import record_life_event
from onecity.platform.registers.services.persons.papers import NewCertificate, link_certificate
from onecity.platform.registers.services.persons.taking import take_records
from onecity.platform.registers.services.provenance_rules import add_source, publish_version, set_ranks, start_draft

POLICE: Final = "police.population"
CIVIL: Final = "civil_affairs.marriages"
HEALTH: Final = "health.residents"
DISAGREEING: Final = 8
FILLED_BEFORE: Final = timedelta(days=60)
"""How long before everything else the people were entered, so that there is something to look back on."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """Ids of the organisations that answer for the demonstration's sources."""

    police: int
    civil_affairs: int
    health: int


def seed_population(
    actor: Actor, *, bodies: Bodies, people: int, data: Path | None, now: datetime, processes: int = 1
) -> int:
    """Fill an empty register for a demonstration; returns how many people there are. Run again, it changes nothing.

    now: city time.
    """
    held = Person.objects.count()
    if held:
        return held
    begun = now - FILLED_BEFORE
    police, civil, health = _sources(actor, bodies, begun)
    _publish(actor, police, civil, health, begun)
    done = fill(actor, people=people, source=police, data=data, now=begun, processes=processes)
    with transaction.atomic():
        some = _grown_up()
        _disagree(actor, some, now)
        _live(actor, some, now)
    return done


def _sources(actor: Actor, bodies: Bodies, now: datetime) -> tuple[SourceInfo, SourceInfo, SourceInfo]:
    wanted: Mapping[str, tuple[str, int]] = {
        POLICE: (zh("公安局人口信息"), bodies.police),
        CIVIL: (zh("民政局婚姻登记"), bodies.civil_affairs),
        HEALTH: (zh("卫生健康委居民健康档案"), bodies.health),
    }
    made = [
        add_source(actor, code=code, name=name, organisation_id=body, now=now) for code, (name, body) in wanted.items()
    ]
    return made[0], made[1], made[2]


def _publish(actor: Actor, police: SourceInfo, civil: SourceInfo, health: SourceInfo, now: datetime) -> None:
    if SourceVersion.objects.filter(register=POPULATION, state=SourceVersion.State.PUBLISHED).exists():
        return
    version = start_draft(actor, register=POPULATION, now=now)
    tiers = {
        "*": [[police.id], [civil.id], [health.id]],
        "marital_code": [[civil.id], [police.id]],
        "phone": [[police.id, civil.id, health.id]],  # nobody answers for it: they are equal
    }
    set_ranks(actor, version_id=version, tiers=tiers)
    publish_version(actor, version_id=version, basis=zh("人口信息一数一源清单（演示）"), valid_from=now, now=now)


def _grown_up() -> Sequence[Person]:
    rows = Person.objects.filter(birth_date__lt=date(2000, 1, 1)).exclude(phone_masked="")
    return list(rows.exclude(marital_code="20").order_by("id")[:DISAGREEING])


def _disagree(actor: Actor, some: Sequence[Person], now: datetime) -> None:
    """Let the health files bring other telephone numbers, and other spellings of names."""
    numbers = [opened(row.citizen_id_sealed, CITIZEN_ID) for row in some]
    [f"{row.name[0]}晓{row.name[-1]}" for row in some]
    batch = pa.record_batch(
        {
            "citizen_id": numbers,
            "name": [
                f"{row.name[0]}晓{row.name[-1]}" if place % 4 == 0 else row.name for place, row in enumerate(some)
            ],
            "phone": [f"1360000{place:04}" if place % 2 == 0 else "" for place in range(len(some))],
        }
    )
    take_records(actor, source=HEALTH, batch=batch, block=BlockKey("demonstration", 1), now=now)


def _live(actor: Actor, some: Sequence[Person], now: datetime) -> None:
    """Let some things happen: a marriage, a move, a corrected schooling, a passport."""
    day = city_date(now) - timedelta(days=30)
    for person, other in zip(some[0::2], some[1::2], strict=False):
        place = Place(other.registered_division_code, str(other.registered_address))
        events = (
            NewEvent("marriage", day, CIVIL, person_id=person.id),
            NewEvent("reside", day, POLICE, person_id=person.id, place=place, permit_number=f"JZ{person.id:012}"),
        )
        for event in events:
            record_life_event(actor, event=event, now=now)
        schooling = FieldChange({"education_code": "20"}, POLICE)
        change_fields(actor, person_id=person.id, change=schooling, now=now)
        passport = NewCertificate("passport", f"EX{person.id:07}", POLICE, zh("出入境管理局"), day)
        link_certificate(actor, person_id=person.id, new=passport, now=now)
