"""Opening a case."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid, Unavailable
from onecity.kernel.identifiers.case_number import parse_case_number
from onecity.kernel.masking import masked_mobile, masked_name
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import NewCase, OpenedCase
from onecity.platform.cases.declare import Value
from onecity.platform.cases.events import CASE_OPENED
from onecity.platform.cases.models import Case
from onecity.platform.cases.process.running import Step, begin
from onecity.platform.cases.registries import sources
from onecity.platform.cases.rules.clocks import TimedLimit, worst
from onecity.platform.cases.rules.data import check_data
from onecity.platform.cases.rules.states import stage_of
from onecity.platform.cases.rules.terms import case_terms, narrowed
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.classes import classes_at
from onecity.platform.cases.selectors.scopes import division_keys, organisation_keys
from onecity.platform.cases.selectors.versions import Version, published_version
from onecity.platform.cases.services.announcing import announce_closed, announce_tasks
from onecity.platform.cases.services.duties.picking import new_task
from onecity.platform.cases.services.rows import (
    NewTask,
    clock_columns,
    entry,
    status_entry,
    task_opened_entry,
    task_row,
)
from onecity.platform.cases.services.stepping import (
    CaseState,
    case_clock,
    clock_of,
    context_of,
    standing_clocks,
)
from onecity.platform.cases.services.writing import COUNTED_EVERYWHERE, OPEN_SQL, run, task_ids, written, written_lines
from onecity.platform.identity.api import organisation, record, seal_personal

LONGEST_TITLE: Final = 120
LONGEST_DESCRIPTION: Final = 4000
NAME_COLUMN: Final = "cases.case.reporter_name"
PHONE_COLUMN: Final = "cases.case.reporter_phone"


class CaseRefused(Invalid):
    """What was given does not make a case; the fields say why."""

    code = "case_refused"
    message = zh("案件登记内容不完整")


class NoNumbersLeft(Unavailable):
    """The division has given out all numbers of the day."""

    code = "no_case_numbers_left"
    message = zh("该区划当日的案件编号已用完")


def open_case(actor: Actor, *, new: NewCase, now: datetime) -> OpenedCase:
    """Open a case under the type's published version and start its process.

    The same origin opens one case however often it is told. The caller has checked that the actor may open it.
    now: city time.
    Raises: CaseRefused; NotFound for an unknown type or owner; NoPublishedVersion; NoNumbersLeft.
    """
    version = published_version(new.type_code)
    known = _known(new.origin)
    if known:
        return known
    place = new.division_code or organisation(new.organisation_id).division_code
    data = _checked(new, version=version, place=place, now=now)
    state = CaseState(
        version=version,
        id=0,
        number="",
        class_code=new.class_code,
        source_code=new.source_code,
        urgency=new.urgency,
        organisation_id=new.organisation_id,
        handler_id=new.handler_id,
        reporter_organisation_id=actor.organisation_id,
        division_code=place,
        opened_at=now,
        now=now,
        data=data,
    )
    step = begin(version.process, context_of(state))
    tasks = [_new_task(item.id, item.node, state, step) for item in step.opened]
    with transaction.atomic():
        written_case = _write(actor, new=new, state=state, step=step, tasks=tasks)
        if written_case is None:
            existing = _known(new.origin)
            assert existing is not None
            return existing
        case_id, number, begun = written_case
        state.id, state.number = case_id, number
        record(
            actor,
            action="cases.open_case",
            target=f"cases.case:{case_id}",
            details={"number": number, "type": version.type_code},
        )
        _announce(new, state=state, step=step, tasks=tasks, begun=begun)
    return OpenedCase(case_id, number, created=True)


def _known(origin: str) -> OpenedCase | None:
    if not origin:
        return None
    row = Case.objects.filter(origin=origin).values_list("id", "number").first()
    return OpenedCase(row[0], row[1], created=False) if row else None


def _checked(new: NewCase, *, version: Version, place: str, now: datetime) -> dict[str, Value]:
    """Return the case's data; raise CaseRefused naming each field at fault."""
    faults: dict[str, str] = {}
    if not new.title.strip() or len(new.title) > LONGEST_TITLE:
        faults["title"] = zh("请填写标题（至多120字）")
    if len(new.description) > LONGEST_DESCRIPTION:
        faults["description"] = zh("描述过长（至多4000字）")
    if not (6 <= len(place) <= 15 and place.isascii() and place.isdigit()):
        faults["division_code"] = zh("请给出行政区划或网格代码（6至15位数字）")
    if new.source_code and new.source_code not in sources():
        faults["source_code"] = zh("没有这个案件来源")
    classes = classes_at(version.settings.scheme, at=now)
    if new.class_code and new.class_code not in classes:
        faults["class_code"] = zh("没有这个案件分类")
    if new.location and not (-180 <= new.location[0] <= 180 and -90 <= new.location[1] <= 90):
        faults["location"] = zh("位置应为经度和纬度")
    faults.update(check_data(version.settings.data, new.data))
    if faults:
        raise CaseRefused(fields=faults)
    return dict(new.data)


def _new_task(token: str, node: str, state: CaseState, step: Step) -> NewTask:
    elements = state.version.process.diagram.user_tasks
    element, calendar = elements[node], calendar_of(state.division_code)
    clock = clock_of(element, state, calendar=calendar)
    if clock and node in standing_clocks(elements, (item.node for item in step.opened)):
        clock = clock.paused(wanted=True, now=state.now, calendar=calendar)
    return new_task(token, element, state, clock)


def _write(
    actor: Actor, *, new: NewCase, state: CaseState, step: Step, tasks: Sequence[NewTask]
) -> tuple[int, str, Mapping[str, int]] | None:
    """Write all rows; None if the origin turned out to have opened a case already."""
    over = step.result or "open"
    clock = case_clock(state, calendar=calendar_of(state.division_code), open_nodes=[item.node for item in step.opened])
    light = worst(task.clock.light(now=state.now) for task in tasks if task.clock)
    values = {
        **_case_values(actor, new=new, state=state),
        **_personal_values(new),
        **_clock_values(clock, state=state, over=over),
        "status": over,
        "light": light,
        "closed_at": state.now if step.result else None,
        "stage_code": _first_stage(state, tasks),
        "workflow": written(step.state),
        "tasks": written([task_row(task, division_code=state.division_code, now=state.now) for task in tasks]),
        "entries": written_lines(_lines(actor, new=new, state=state, step=step, tasks=tasks)),
    }
    try:
        row = run(OPEN_SQL, values)
    except IntegrityError as error:
        if "cases_serial_has_five_digits" in str(error):
            raise NoNumbersLeft from None
        raise
    if row is None:
        return None
    parse_case_number(row[1])
    return row[0], row[1], task_ids(row[2])


def _case_values(actor: Actor, *, new: NewCase, state: CaseState) -> dict[str, Any]:
    keys = sorted(
        {
            *organisation_keys(new.organisation_id),
            *organisation_keys(state.handler_id),
            *organisation_keys(actor.organisation_id),
            *division_keys(state.division_code),
        }
    )
    settings = state.version.settings
    title, description, address = narrowed(new.title), narrowed(new.description), narrowed(new.address)[:200]
    tokens = (
        ("type", state.version.type_code),
        ("class", new.class_code),
        ("source", new.source_code),
        ("by", actor.key),
    )
    longitude, latitude = new.location or (None, None)
    return {
        "division": state.division_code[:6],
        "day": city_date(state.now),
        "case_type_id": state.version.type_id,
        "version_id": state.version.id,
        "title": title,
        "description": description,
        "scheme_code": settings.scheme if new.class_code else "",
        "class_code": new.class_code,
        "source_code": new.source_code,
        "urgency": new.urgency,
        "organisation_id": new.organisation_id,
        "handler_id": state.handler_id,
        "reporter_organisation_id": actor.organisation_id,
        "division_code": state.division_code,
        "longitude": longitude,
        "latitude": latitude,
        "address": address,
        "opened_by": actor.key[:60],
        "origin": new.origin or None,
        "now": state.now,
        "data": written(state.data),
        "scope_keys": keys,
        "counted_keys": [*keys, COUNTED_EVERYWHERE],
        "terms": case_terms((title, description, address), scopes=keys, tokens=tokens, opened_at=state.now),
    }


def _personal_values(new: NewCase) -> dict[str, Any]:
    name = seal_personal(new.reporter_name, context=NAME_COLUMN, masked=masked_name(new.reporter_name))
    phone = seal_personal(new.reporter_phone, context=PHONE_COLUMN, masked=masked_mobile(new.reporter_phone))
    return {
        "reporter_name_sealed": name.sealed,
        "reporter_name_masked": name.masked[:40],
        "reporter_phone_sealed": phone.sealed,
        "reporter_phone_hashed": phone.hashed,
        "reporter_phone_masked": phone.masked[:20],
    }


def _clock_values(clock: TimedLimit | None, *, state: CaseState, over: str) -> dict[str, Any]:
    columns = clock_columns(clock, now=state.now)
    names = ("due_at", "warn_at", "paused_at", "next_light_at")
    values = {name: columns[name] for name in names}
    if over != "open":
        values["next_light_at"] = None
    return {**values, "clock": written(columns["clock"])}


def _first_stage(state: CaseState, tasks: Sequence[NewTask]) -> str:
    order = [stage.code for stage in state.version.settings.stages]
    return stage_of([task.element.stage for task in tasks], order=order, current=order[0])


def _lines(
    actor: Actor, *, new: NewCase, state: CaseState, step: Step, tasks: Sequence[NewTask]
) -> list[dict[str, object]]:
    diagram = state.version.process.diagram
    lines = [entry("opened", actor, at=state.now, data={"source": new.source_code, "version": state.version.number})]
    lines += [
        entry("acted", actor, at=state.now, data={"node": node, "name": diagram.service_tasks[node].name})
        for node in state.acted
    ]
    lines += [task_opened_entry(task, actor, at=state.now) for task in tasks]
    if step.result:
        lines.append(status_entry(actor, status=step.result, ends=step.ends, light="green", at=state.now))
    return lines


def _announce(
    new: NewCase, *, state: CaseState, step: Step, tasks: Sequence[NewTask], begun: Mapping[str, int]
) -> None:
    bus.announce(
        CASE_OPENED,
        case_id=state.id,
        number=state.number,
        type_code=state.version.type_code,
        source_code=new.source_code,
        origin=new.origin,
        organisation_id=new.organisation_id,
        division_code=state.division_code,
        at=state.now,
    )
    announce_tasks(state, tasks=tasks, ids=begun)
    if step.result:
        announce_closed(state, status=step.result, light="green", origin=new.origin)
