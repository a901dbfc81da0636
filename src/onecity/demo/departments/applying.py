"""The demonstration's households apply: each declares what its story lets it declare, and its adults sign."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from onecity.demo.departments.people import DemoHousehold, DemoPerson, Story
from onecity.domains.welfare import api as welfare
from onecity.domains.welfare.contracts import (
    Aid,
    Asset,
    Department,
    KnownHousehold,
    Marital,
    NewApplication,
    NewAsset,
    NewConsent,
    NewIncome,
    NewMember,
    Relation,
)
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.platform.cases.api import case, complete_task
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.identity import api as identity

CHECKER: Final = "checker"
"""Login name of the account that verifies."""
CONSENT: Final = timedelta(days=730)
REASONS: Final = ("患病", "残疾", "失业", "年老", "子女上学")
FIRST_POLICY: Final = {
    "division_code": "",
    "valid_from": date(2016, 1, 1),
    "line": Decimal(760),
    "margin_multiple": Decimal("1.5"),
    "burden_multiple": Decimal(2),
    "burden_share": Decimal("0.6"),
    "look_back_months": 12,
    "deposit_multiple": Decimal(2),
    "vehicles": 0,
    "houses": 1,
    "capital": Decimal(0),
    "housing_line": Decimal(1900),
    "housing_area": Decimal(15),
    "support_multiple": Decimal(2),
    "support_share": Decimal("0.3"),
    "work_share": Decimal("0.2"),
    "tolerance": Decimal(300),
    "tolerance_share": Decimal("0.1"),
    "uncounted": [],
    "report_days": 180,
    "street_days": 7,
    "county_days": 7,
    "recheck_months": 12,
    "source": "示范市救助标准（演示数据，各市自定）",
}
"""The made-up city's first limits."""


def prepare_welfare(actor: Actor, *, city_code: str, centre_id: int, now: datetime) -> None:
    """Publish the first limits and name the checking centre for the whole city."""
    row = welfare.draft_policy(actor, values=FIRST_POLICY, now=now)
    welfare.publish_policy(actor, number=row.number, now=now)
    welfare.set_checking_body(actor, division_code=city_code[:4], organisation_id=centre_id)


def apply_all(
    actor: Actor, *, households: Iterable[DemoHousehold], streets: dict[str, int], now: datetime
) -> list[int]:
    """Let each household apply; the street accepts, so that the checking centre finds them waiting. now: city time.

    streets: division code (nine digits) → id of the street's office. Returns the applications' ids.
    """
    applied = []
    for home in households:
        application_id, number = _apply(actor, home, streets[home.division_code], now=now)
        found = case(actor, number, now=now)
        task = next(item for item in found.tasks if item.state == "open")
        complete_task(actor, task_id=task.id, answer=TaskAnswer("accept"), now=now)
        applied.append(application_id)
    return applied


def verify_first(actor: Actor, *, applications: Sequence[int], now: datetime, real: datetime) -> int:
    """Have applications verified in the background, by the checking clerk; returns how many. now: city time."""
    clerk = identity.find_account(CHECKER)
    asker = (identity.account_actor(clerk.id) if clerk else None) or actor
    for application_id in applications:
        welfare.begin_verification(asker, application_id=application_id, purpose="application", now=now, real=real)
    return len(applications)


def _apply(actor: Actor, home: DemoHousehold, street_id: int, *, now: datetime) -> tuple[int, str]:
    """Let one household apply; returns the application's id and its case's number."""
    new = NewApplication(
        Aid.MINIMUM_LIVING,
        street_id,
        _member(home.head, able=home.story is not Story.WORKS),
        f"示范路{home.place + 1}号2单元301室",
        "13900000000",
        Decimal("48.50"),
        REASONS[home.place % len(REASONS)],
    )
    row = welfare.begin_application(actor, new=new, now=now)
    for person in home.people[1:]:
        if person.declared:
            welfare.add_member(actor, application_id=row.id, new=_member(person))
    members = list(row.members.order_by("position"))
    _declare(actor, home, members[0].id, now=now)
    day = city_date(now)
    for item in members:
        if not item.supports:
            welfare.declare_asset(actor, member_id=item.id, new=NewAsset(Asset.DEPOSIT, value=Decimal(800)))
        if _grown(item.birth_date, day):
            consent = NewConsent(item.id, tuple(Department), day, day + CONSENT, "drawn")
            welfare.sign_consent(actor, new=consent, signature=_signature(), now=now)
    return row.id, welfare.submit(actor, application_id=row.id, now=now).number


def _declare(actor: Actor, home: DemoHousehold, member_id: int, *, now: datetime) -> None:
    """Declare the wage and what is honest about property; what the story hides is left out."""
    for income in _incomes(home, now=now):
        welfare.declare_income(actor, member_id=member_id, new=income)
    if home.story is Story.TOOL_OF_LIVING:
        tool = NewAsset(Asset.VEHICLE, f"吉A{10000 + home.place}", Decimal(24000), living_tool=True)
        welfare.declare_asset(actor, member_id=member_id, new=tool)


def _incomes(home: DemoHousehold, *, now: datetime) -> tuple[NewIncome, ...]:
    """Return the wage that is declared, for the year before."""
    if home.head.born.year < 1958 or home.story is Story.WORKS:
        return ()
    day = city_date(now)
    last = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    return (NewIncome("wage", Decimal(home.wage), date(day.year - 1, day.month, 1), last),)


def known_household(home: DemoHousehold, street_id: int, *, now: datetime) -> KnownHousehold:
    """Return a household as one that has received aid for a year, with papers in the archive."""
    day = city_date(now)
    new = NewApplication(
        Aid.MINIMUM_LIVING, street_id, _member(home.head), "示范路1号", "13900000000", Decimal("48.50")
    )
    return KnownHousehold(
        new,
        certificate=f"SF{home.place:08}",
        granted_on=day - timedelta(days=365),
        others=tuple(_member(item) for item in home.people[1:] if item.declared),
        incomes=_incomes(home, now=now),
        assets=(NewAsset(Asset.DEPOSIT, value=Decimal(800 * sum(1 for item in home.people if not item.supports))),),
        authorised_until=day + CONSENT,
    )


def _member(person: DemoPerson, *, able: bool = True) -> NewMember:
    return NewMember(
        person.name,
        person.number,
        Relation(person.relation),
        Marital(person.marital),
        able_to_work=person.born.year >= 1966 and not person.disability and able,
        disability=person.disability,
        in_school=person.born.year >= 2006,
        supports=person.supports,
    )


def _grown(born: date, day: date) -> bool:
    return (day.year - born.year) - ((day.month, day.day) < (born.month, born.day)) >= 18


def _signature() -> "ContentFile[bytes]":
    """Return a scrawl that stands for a signature."""
    picture = Image.new("RGB", (320, 120), (255, 255, 255))
    ImageDraw.Draw(picture).line(
        [(20, 80), (70, 30), (110, 90), (160, 40), (220, 85), (300, 50)], fill=(14, 39, 72), width=5
    )
    target = io.BytesIO()
    picture.save(target, "PNG")
    return ContentFile(target.getvalue(), name="签名.png")
