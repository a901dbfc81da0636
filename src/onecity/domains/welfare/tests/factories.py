"""A small city in which aid is applied for: a street, a county's civil affairs, departments as tables."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Final

from django.core.files.base import ContentFile
from django.db import connection
from PIL import Image

from onecity.domains.welfare import permissions
from onecity.domains.welfare.contracts import Ask, NewApplication, NewConsent, NewMember, Told
from onecity.domains.welfare.models import Application, Authorisation, Member
from onecity.domains.welfare.rules.codes import Aid, Department, Marital, Relation
from onecity.domains.welfare.rules.readings import READINGS
from onecity.domains.welfare.services.applying import add_member, begin_application
from onecity.domains.welfare.services.consenting import sign_consent
from onecity.domains.welfare.services.settings import draft_policy, publish_policy, set_checking_body, set_source
from onecity.domains.welfare.services.submitting import submit
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Unavailable
from onecity.kernel.identifiers.citizen_id import check_character
from onecity.platform.cases.api import case, complete_with_files
from onecity.platform.cases.contracts import CaseInfo, TaskAnswer
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation

SYSTEM: Final = system_actor("test")
STREET_CODE: Final = "220104001"
ALL: Final = tuple(Department)
_serial = count(1)

POLICY: Final[Mapping[str, object]] = {
    "division_code": "",
    "valid_from": date(2025, 1, 1),
    "line": Decimal(800),
    "margin_multiple": Decimal("1.5"),
    "burden_multiple": Decimal(2),
    "burden_share": Decimal("0.6"),
    "look_back_months": 12,
    "deposit_multiple": Decimal(2),
    "vehicles": 0,
    "houses": 1,
    "capital": Decimal(0),
    "housing_line": Decimal(2000),
    "housing_area": Decimal(15),
    "support_multiple": Decimal(2),
    "support_share": Decimal("0.3"),
    "work_share": Decimal(0),
    "tolerance": Decimal(100),
    "tolerance_share": Decimal("0.1"),
    "uncounted": [],
    "report_days": 180,
    "street_days": 7,
    "county_days": 7,
    "recheck_months": 12,
    "source": "测试文件",
}


@dataclass(frozen=True, slots=True)
class Offices:
    """Who works in the small city."""

    street: Organisation
    county: Organisation
    clerk: Actor
    checker: Actor
    decider: Actor
    keeper: Actor


def make_offices(now: datetime) -> Offices:
    """Make organisations, people, limits and sources; no department knows anybody yet."""
    county = make_organisation("区民政局", division="220104")
    street = make_organisation("街道办事处", parent=county, division=STREET_CODE)
    new_policy(now=now)
    set_checking_body(SYSTEM, division_code="220104", organisation_id=county.id)
    for code in READINGS:
        set_source(SYSTEM, code=code, grant_code=f"grant-{code}")
    view = (permissions.VIEW, permissions.CASES_VIEW)
    return Offices(
        street,
        county,
        make_actor(*view, permissions.ACCEPT, organisation=street),
        make_actor(*view, permissions.VERIFY, permissions.LOOK, permissions.QUERY_SHARED, organisation=county),
        make_actor(*view, permissions.DECIDE, permissions.LOOK, organisation=county),
        make_actor(
            *view,
            permissions.POLICIES,
            permissions.RECHECK,
            permissions.QUERY_SHARED,
            organisation=county,
            everywhere=True,
        ),
    )


def new_policy(*, now: datetime, **changes: object) -> int:
    """Publish limits; returns their number."""
    row = draft_policy(SYSTEM, values={**POLICY, **changes}, now=now)
    publish_policy(SYSTEM, number=row.number, now=now)
    return row.number


def citizen_number(*, born: date = date(1980, 1, 1)) -> str:
    """Return a made-up identity number that nobody else in the test has."""
    first = f"220104{born:%Y%m%d}{next(_serial) % 1000:03}"
    return first + check_character(first)


def new_member(name: str = "张三", *, born: date = date(1980, 1, 1), **facts: object) -> NewMember:
    """Return a member with an identity number of its own."""
    given: dict[str, object] = {
        "identifier": citizen_number(born=born),
        "relation": Relation.SELF,
        "marital": Marital.SINGLE,
        **facts,
    }
    return NewMember(name, **given)  # type: ignore[arg-type]  # test data


def make_application(
    offices: Offices,
    *others: NewMember,
    now: datetime,
    aid: Aid = Aid.MINIMUM_LIVING,
    applicant: NewMember | None = None,
) -> Application:
    """Begin an application with its members."""
    new = NewApplication(
        aid, offices.street.id, applicant or new_member(), "长春市朝阳区人民大街1号", "13912345678", reason="患病"
    )
    row = begin_application(offices.clerk, new=new, now=now)
    for item in others:
        add_member(offices.clerk, application_id=row.id, new=item)
    return row


def signature(name: str = "签名.png") -> "ContentFile[bytes]":
    """Return a picture of a signature."""
    target = io.BytesIO()
    Image.new("RGB", (60, 20), (255, 255, 255)).save(target, "PNG")
    return ContentFile(target.getvalue(), name=name)


def consent(
    offices: Offices, member: Member, *, now: datetime, departments: Sequence[Department] = ALL, days: int = 365
) -> Authorisation:
    """Sign a member's authorisation, in force from today."""
    new = NewConsent(member.id, tuple(departments), now.date(), now.date() + timedelta(days=days), "drawn")
    return sign_consent(offices.clerk, new=new, signature=signature(), now=now)


def make_submitted(offices: Offices, *others: NewMember, now: datetime, **facts: object) -> Application:
    """Make an application whose adults all have signed, and submit it."""
    row = make_application(offices, *others, now=now, **facts)  # type: ignore[arg-type]  # test data
    for item in row.members.all():
        if item.birth_date < date(2008, 3, 10):
            consent(offices, item, now=now)
    submit(offices.clerk, application_id=row.id, now=now)
    row.refresh_from_db()
    return row


class Tables:
    """Departments as one real table of rows; remembers what it was asked. away: sources that do not answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.reasons: set[str] = set()
        self.away: set[str] = set()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE IF NOT EXISTS told (source text, identifier text, facts jsonb)")
            cursor.execute("TRUNCATE told")

    def knows(self, source: str, identifier: str, **facts: object) -> None:
        """Let a department know something of a person."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO told VALUES (%s, %s, %s)", [source, identifier, json.dumps(facts)])

    def __call__(
        self, actor: Actor, *, grant_code: str, questions: Sequence[Ask], reason: str, now: datetime
    ) -> Mapping[str, Told]:
        """Answer from the table."""
        source = grant_code.removeprefix("grant-")
        self.asked += [(source, item.identifier, item.consent) for item in questions]
        self.reasons.add(reason)
        if source in self.away:
            raise Unavailable
        rows: dict[str, list[dict[str, object]]] = {item.identifier: [] for item in questions}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT identifier, facts FROM told WHERE source = %s AND identifier = ANY(%s)", [source, list(rows)]
            )
            for number, facts in cursor.fetchall():
                rows[number].append(json.loads(facts) if isinstance(facts, str) else facts)
        return {number: Told(told, f"R{place}") for place, (number, told) in enumerate(rows.items())}


class Quiet:
    """Progress that nobody watches."""

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Take the report and keep nothing of it."""


def case_of(row: Application, *, now: datetime) -> CaseInfo:
    """Return the application's case as the system sees it."""
    row.refresh_from_db()
    assert row.case is not None
    return case(SYSTEM, row.case.number, now=now)


def waiting(row: Application, *, now: datetime) -> list[str]:
    """Return the nodes of the tasks that wait."""
    return [task.node for task in case_of(row, now=now).tasks if task.state == "open"]


def end_task(row: Application, actor: Actor, outcome: str, *, now: datetime, note: str = "情况说明") -> None:
    """End the one waiting task of the application's case."""
    end_of(case_of(row, now=now), actor, outcome, now=now, note=note)


def end_of(found: CaseInfo, actor: Actor, outcome: str, *, now: datetime, note: str = "情况说明") -> None:
    """End the one waiting task of a case, with a picture where one is asked for."""
    task = next(item for item in found.tasks if item.state == "open")
    rule = next(item for item in task.outcomes if item.code == outcome)
    uploads = [signature()] if rule.files else []
    complete_with_files(actor, task_id=task.id, answer=TaskAnswer(outcome, note), uploads=uploads, now=now)
