"""Values that did not win: kept, brought before people as cases, and decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel import bus, clock
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.identifiers.divisions import PROVINCES
from onecity.kernel.text import zh
from onecity.platform.cases.api import open_case
from onecity.platform.cases.contracts import NewCase
from onecity.platform.cases.declare import Effect, Facts
from onecity.platform.geo.api import city
from onecity.platform.identity.api import open_text, organisation, record, seal_personal
from onecity.platform.registers.contracts.provenance import Dispute
from onecity.platform.registers.declare import Ruling
from onecity.platform.registers.events import CONFLICT_DECIDED
from onecity.platform.registers.models import ContestedValue
from onecity.platform.registers.registries import registers
from onecity.platform.registers.rules.provenance import Verdict

VALUE_COLUMN: Final = "registers.contestedvalue.sealed"
CASE_TYPE: Final = "registers.conflict"
OPENED_AT_ONCE: Final = 200
ACCEPT: Final = "accept"


def keep_disputes(disputes: Sequence[Dispute], *, now: datetime) -> int:
    """Keep the losing values of settled fields, in the caller's transaction; returns how many now wait for people.

    A word that the same source has said before only renews its time: what has been decided stays decided. Cases are
    opened soon after the commit (`open_conflict_cases`). now: city time.
    """
    rows = [_row(item, now=now) for item in disputes if item.settlement.losing]
    if not rows:
        return 0
    written = ContestedValue.objects.bulk_create(
        rows,
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["register", "entry_id", "field", "source", "hashed"],
        update_fields=["observed_at"],
    )
    return sum(row.state == ContestedValue.State.WAITING for row in written)


def open_conflict_cases() -> int:
    """Open a case for each value that waits for a decision and has none; returns how many. Safe to run again.

    A case's number needs a division: the entry's, else its body's, else the city's; without any the value waits.
    """
    now, opener = clock.city_now(), system_actor("registers")
    with transaction.atomic():
        waiting = ContestedValue.objects.filter(state=ContestedValue.State.WAITING, case_number="")
        rows = list(waiting.select_for_update(skip_locked=True).order_by("id")[:OPENED_AT_ONCE])
        placed = [(row, place) for row in rows if (place := _place_of(row))]
        for row, place in placed:
            row.case_number = _open(opener, row, place=place, now=now)
            row.save(update_fields=["case_number"])
    return len(placed)


def decide(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Write a case's decision into the register: the process's action, in the transaction of the step."""
    row = ContestedValue.objects.select_for_update().get(id=int(str(facts.data["contested"])))
    if row.state != ContestedValue.State.WAITING:
        return Effect()
    accepted = facts.outcomes.get("judge") == ACCEPT
    row.state = ContestedValue.State.ACCEPTED if accepted else ContestedValue.State.REFUSED
    row.decided_at, row.decided_by = facts.now, facts.number
    row.save(update_fields=["state", "decided_at", "decided_by"])
    if accepted:
        registers()[row.register].write(
            Ruling(row.entry_id, row.field, plain_value(row), row.source_id, row.observed_at, facts.now)
        )
    record(
        system_actor("registers"),
        action="registers.decide_conflict",
        target=f"registers.contestedvalue:{row.id}",
        details={"case": facts.number, "accepted": accepted, "field": row.field},
    )
    bus.announce(
        CONFLICT_DECIDED, register=row.register, entry_id=row.entry_id, field=row.field, accepted=accepted, at=facts.now
    )
    return Effect()


def plain_value(row: ContestedValue) -> str:
    """Return the contested value in clear, for writing it into the entry."""
    return open_text(bytes(row.sealed), context=VALUE_COLUMN) if row.sealed else row.plain


def _open(opener: Actor, row: ContestedValue, *, place: str, now: datetime) -> str:
    register = registers()[row.register]
    field = register.field(row.field)
    title = f"{register.name}：“{field.title}”来源不一致（条目 {row.entry_id}）"
    opened = open_case(
        opener,
        new=NewCase(
            type_code=CASE_TYPE,
            title=title[:120],
            organisation_id=row.organisation_id,
            division_code=place,
            origin=f"registers.contested:{row.id}",
            data={"contested": row.id, "register": register.name, "field": field.title},
        ),
        now=now,
    )
    return opened.number


def _place_of(row: ContestedValue) -> str:
    here = city()
    codes = (row.division_code, organisation(row.organisation_id).division_code, here.division_code if here else "")
    return next((code for code in codes if code[:2] in PROVINCES), "")


def _row(item: Dispute, *, now: datetime) -> ContestedValue:
    losing, standing = item.settlement.losing, item.settlement.standing
    assert losing is not None
    personal = registers()[item.entry.register].field(item.field).personal
    waiting = item.settlement.verdict is Verdict.CONTESTED
    sealed = seal_personal(losing.value, context=VALUE_COLUMN, masked=item.masked) if personal else None
    return ContestedValue(
        register=item.entry.register,
        entry_id=item.entry.id,
        field=item.field,
        plain="" if sealed else losing.value,
        sealed=sealed.sealed if sealed else b"",
        hashed=sealed.hashed if sealed else sm3(losing.value.encode()).hex(),
        masked=item.masked if sealed else "",
        source_id=losing.source_id,
        observed_at=losing.observed_at,
        standing_source_id=standing.source_id,
        standing_at=standing.observed_at,
        state=ContestedValue.State.WAITING if waiting else ContestedValue.State.LOST,
        organisation_id=item.entry.organisation_id,
        division_code=item.entry.division_code,
        created_at=now,
    )


DIAGRAM_WORDS: Final = (
    zh("数据来源冲突裁定"),
    zh("发现不一致"),
    zh("核对裁定"),
    zh("采用新值"),
    zh("保留现值"),
    zh("请来源单位核实"),
    zh("来源单位核实"),
    zh("核实完毕"),
    zh("裁定写回"),
    zh("裁定结案"),
)
"""What the diagram says to people, named here so that the catalogues have it; a test compares both."""
