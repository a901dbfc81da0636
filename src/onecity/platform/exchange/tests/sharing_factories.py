"""Two departments, a stranger and a dataset with rows: the smallest city in which data are shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from django.db import connection

from onecity.kernel.actor import Actor, system_actor
from onecity.platform.cases.api import case, complete_task
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer
from onecity.platform.exchange import permissions
from onecity.platform.exchange.contracts.sharing import AskedRequest, NewRequest, NewSupply
from onecity.platform.exchange.models import DataField, Dataset, DatasetVersion, SharingGrant
from onecity.platform.exchange.services.sharing.asking import request_data
from onecity.platform.exchange.services.sharing.supply import set_supply
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation

SYSTEM = system_actor("test")
ZHANG = "11010519491231002X"
"""A made-up number with a valid check digit, of no living person."""
LI = "110105194912310046"
WANG = "110105199003071335"
CASES_VIEW = "cases.view"
TODAY = date(2026, 3, 10)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Departments:
    """Who asks, who provides, who decides there, and who has nothing to do with it."""

    provider: Organisation
    consumer: Organisation
    officer: Actor
    leader: Actor
    asker: Actor
    clerk: Actor
    stranger: Actor
    administration: Actor


def make_departments() -> Departments:
    """Make both departments and their people."""
    provider = make_organisation("公安局", division="220102")
    consumer = make_organisation("民政局", division="220102")
    other = make_organisation("水务局", division="220103")
    every = (
        permissions.REQUEST_DATA,
        permissions.APPROVE_SHARING,
        permissions.DECIDE_SHARING,
        permissions.QUERY_SHARED,
        permissions.VIEW_USES,
        CASES_VIEW,
    )
    return Departments(
        provider=provider,
        consumer=consumer,
        officer=make_actor(CASES_VIEW, permissions.APPROVE_SHARING, permissions.VIEW_USES, organisation=provider),
        leader=make_actor(CASES_VIEW, permissions.APPROVE_SHARING, permissions.DECIDE_SHARING, organisation=provider),
        asker=make_actor(CASES_VIEW, permissions.REQUEST_DATA, permissions.VIEW_USES, organisation=consumer),
        clerk=make_actor(permissions.QUERY_SHARED, organisation=consumer),
        stranger=make_actor(*every, organisation=other),
        administration=make_actor(CASES_VIEW, permissions.SUPERVISE_SHARING, permissions.VIEW_USES, everywhere=True),
    )


FIELDS: Sequence[Mapping[str, object]] = (
    {"name": "id_number", "title": "公民身份号码", "mask": "masked_identity_number", "sensitivity": "sensitive"},
    {"name": "name", "title": "姓名", "mask": "masked_name", "sensitivity": "sensitive"},
    {"name": "district", "title": "区划"},
    {"name": "plate", "title": "号牌号码"},
    {"name": "secret_note", "title": "侦查备注", "sharing_type": "none"},
)


def make_dataset(
    organisation: Organisation,
    *,
    sharing: str = "conditional",
    fields: Sequence[Mapping[str, object]] = FIELDS,
    name: str = "机动车登记信息",
    code: str = "",
    source_kind: str = "nowhere",
) -> str:
    """Publish a dataset; returns its code."""
    code = code or f"tests.dataset{next(_numbers)}"
    at = datetime.fromisoformat("2026-01-05T00:00:00+08:00")
    common = {"title": name, "class_code": "3", "sharing_type": sharing, "update_cycle": "daily"}
    dataset = Dataset.objects.create(
        code=code, organisation=organisation, state="draft", open_type="none", created_at=at, **common
    )
    version = DatasetVersion.objects.create(
        dataset=dataset,
        number=1,
        abstract="测试",
        source_kind=source_kind,
        sharing_condition="履职需要" if sharing == "conditional" else "",
        sharing_ground="《中华人民共和国保守国家秘密法》" if sharing == "none" else "",
        created_at=at,
        created_by="test",
        **common,
    )
    for place, item in enumerate(fields):
        facts = {"type": "text", "sensitivity": "public", "is_key": item["name"] == "plate", **item}
        DataField.objects.create(version=version, position=place, **facts)
    version.state, version.published_at = "published", at
    version.save(update_fields=["state", "published_at"])
    dataset.state, dataset.version, dataset.published_at = "published", version, at
    dataset.save(update_fields=["state", "version", "published_at"])
    return code


ROWS = (
    (ZHANG, "张三丰", "220102", "吉A10001", "甲"),
    (ZHANG, "张三丰", "220103", "吉A10002", "乙"),
    (LI, "李四", "220102", "吉A20001", "丙"),
)


def make_copy(code: str, *, rows: Sequence[tuple[str, ...]] = ROWS, cursor: str = "") -> str:
    """Bring rows of a dataset into the platform's copies and say that they are taken from there."""
    table = code.replace(".", "_")
    with connection.cursor() as writer:
        writer.execute("CREATE SCHEMA IF NOT EXISTS onecity_copies")
        writer.execute(
            f"CREATE TABLE onecity_copies.{table}"
            " (sfzh text, name text, district text, plate text PRIMARY KEY, secret_note text)"
        )
        writer.executemany(f"INSERT INTO onecity_copies.{table} VALUES (%s, %s, %s, %s, %s)", rows)
    supply = NewSupply(
        dataset_code=code,
        kind="copy",
        table=table,
        key=("plate",),
        cursor=cursor,
        columns={"id_number": "sfzh"},
        subject_column="sfzh",
        subject_kind="citizen_id",
    )
    set_supply(SYSTEM, supply=supply, now=datetime.fromisoformat("2026-01-05T00:00:00+08:00"))
    return table


def new_request(code: str, departments: Departments, **facts: object) -> NewRequest:
    """Return a request of the consumer that is complete."""
    given: dict[str, object] = {
        "dataset_code": code,
        "organisation_id": departments.consumer.id,
        "form": "query",
        "purpose": "核对低收入家庭经济状况",
        "legal_ground": "《社会救助暂行办法》第五十八条",
        "fields": ("id_number", "name", "plate"),
        "starts": TODAY,
        "ends": TODAY + timedelta(days=364),
        "contact_name": "赵六",
        "contact_phone": "13912345678",
        **facts,
    }
    return NewRequest(**given)  # type: ignore[arg-type]  # test data


def ask(code: str, departments: Departments, *, now: datetime, **facts: object) -> AskedRequest:
    """Ask as the consumer's officer."""
    return request_data(departments.asker, new=new_request(code, departments, **facts), now=now)


def step(actor: Actor, number: str, outcome: str, *, now: datetime, note: str = "", **data: object) -> CompletedTask:
    """End the one waiting task of a request's case."""
    (task,) = (item for item in case(SYSTEM, number, now=now).tasks if item.state == "open")
    return complete_task(actor, task_id=task.id, answer=TaskAnswer(outcome, note=note, data=data), now=now)


def waiting(number: str, *, now: datetime) -> list[str]:
    """Return the nodes of the tasks that wait."""
    return [item.node for item in case(SYSTEM, number, now=now).tasks if item.state == "open"]


def approve(departments: Departments, number: str, *, now: datetime) -> None:
    """Take a request in, review it and grant it."""
    step(departments.officer, number, "accept", now=now)
    step(departments.officer, number, "agree", now=now)
    step(departments.leader, number, "grant", now=now)


def make_grant(departments: Departments, *, now: datetime, **facts: object) -> SharingGrant:
    """Make a dataset with rows (`sharing`: its type, conditional unless given) and a grant of it to the consumer."""
    code = make_dataset(departments.provider, sharing=str(facts.pop("sharing", "conditional")))
    make_copy(code)
    asked = ask(code, departments, now=now, **facts)
    if asked.case_number:
        approve(departments, asked.case_number, now=now)
    return SharingGrant.objects.get(request_id=asked.id)
