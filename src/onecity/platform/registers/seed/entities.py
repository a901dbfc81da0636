"""Made-up enterprises with shareholders, people and licences, entered by the services that real ones come by."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.identifiers import credit_code, organisation_code
from onecity.platform.geo import api as geo
from onecity.platform.geo.contracts import DivisionInfo
from onecity.platform.registers.contracts.entities import NewEntity, NewHolding, NewLicence, NewOfficer, NewStatus
from onecity.platform.registers.models import LegalEntity
from onecity.platform.registers.services.entities.entering import register_entity
from onecity.platform.registers.services.entities.papers import add_licence, list_abnormal, report_year
from onecity.platform.registers.services.entities.parts import add_holding, add_officer, set_status
from onecity.platform.registers.services.provenance_rules import add_source

SOURCE: Final = "market_regulation.entities"
_WORDS: Final = (
    "启明", "远帆", "云杉", "新禾", "北岸", "青桐", "合光", "星野", "晨川", "白桦", "长汀", "知行", "万象", "同舟",
    "清泉", "松石",
)  # fmt: skip
_TRADES: Final = (
    ("商贸", "F51"), ("餐饮管理", "H62"), ("信息技术", "I65"), ("机械制造", "C34"), ("建筑工程", "E47"),
    ("物流", "G54"), ("农业科技", "A01"), ("医疗器械", "C35"), ("物业管理", "K70"), ("文化传媒", "R87"),
    ("环保科技", "N77"), ("食品", "C14"),
)  # fmt: skip
_PEOPLE: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN: Final = ("甲一", "乙二", "丙三", "丁四", "戊五", "己六", "庚七", "辛八")
_KINDS: Final = (("91", "有限公司", "enterprise"), ("92", "经营部", "sole_trader"), ("93", "专业合作社", "cooperative"))
_LEVEL: Final = 5
_SPREAD: Final = 0.004
_FIRST_SERIAL: Final = 90_000_000
"""Serials of organisation codes from here on are made up."""


def seed_entities(actor: Actor, *, organisation_id: int, count: int, now: datetime) -> int:
    """Enter made-up enterprises; returns how many entities there are. now: city time.

    Where there is an entity already, nothing is done. The same city gets the same enterprises.
    """
    standing = LegalEntity.objects.count()
    communities = [item for item in geo.divisions(level=_LEVEL) if item.longitude is not None]
    if standing or not communities:
        return standing
    add_source(actor, code=SOURCE, name="法人登记（市场监管）", organisation_id=organisation_id, now=now)
    city, chance = geo.city(), random.Random(communities[0].code)  # noqa: S311  # made-up data, no secret
    name = city.name if city else ""
    numbers = [
        register_entity(actor, new=_new(chance, serial, communities, name=name, now=now), now=now)
        for serial in range(count)
    ]
    _tie(actor, chance, numbers, now=now)
    return count


def made_up_code(serial: int, *, head: str, division: str) -> str:
    """Return a credit code with right check characters whose serial no office gives out."""
    inner = str(_FIRST_SERIAL + serial)
    first = f"{head}{division}{inner}{organisation_code.check_character(inner)}"
    return f"{first}{credit_code.check_character(first)}"


def _new(
    chance: random.Random, serial: int, communities: Sequence[DivisionInfo], *, name: str, now: datetime
) -> NewEntity:
    place = chance.choice(communities)
    head, tail, kind = chance.choices(_KINDS, weights=(8, 3, 1))[0]
    trade, industry = chance.choice(_TRADES)
    founded = city_date(now) - timedelta(days=chance.randrange(400, 7_000))
    title = f"{name}{_WORDS[serial % len(_WORDS)]}{_WORDS[serial // len(_WORDS) % len(_WORDS)]}{trade}{tail}"
    values = {
        "name": title,
        "kind": kind,
        "representative_name": _person(chance),
        "registered_capital": str(chance.choice((10, 50, 100, 300, 500, 1_000, 5_000)) * 10_000),
        "industry_code": industry,
        "business_scope": f"{trade}相关业务（示意）",
        "seat": f"{place.code} 示意路{chance.randrange(1, 300)}号",
        "established_on": founded.isoformat(),
        "approved_on": founded.isoformat(),
        "registrar": f"{name}市场监督管理局",
    }
    assert place.longitude is not None
    assert place.latitude is not None
    return NewEntity(
        uscc=made_up_code(serial, head=head, division=place.code[:6]),
        values=values,
        source=SOURCE,
        place=(place.longitude + chance.uniform(-_SPREAD, _SPREAD), place.latitude + chance.uniform(-_SPREAD, _SPREAD)),
        valid_from=founded,
        is_made_up=True,
    )


def _tie(actor: Actor, chance: random.Random, numbers: Sequence[int], *, now: datetime) -> None:
    """Give enterprises shareholders, some of them other enterprises, and people, licences, reports, ends."""
    today = city_date(now)
    codes = dict(LegalEntity.objects.filter(id__in=numbers, kind="enterprise").values_list("id", "uscc"))
    holders = list(codes)[: max(len(codes) // 6, 1)]
    for place, number in enumerate(codes):
        _shares(actor, chance, number, holders, codes, now=now)
        officer = NewOfficer(chance.choice(("chair", "director", "supervisor", "manager")), _person(chance))
        add_officer(actor, entity_id=number, new=officer, source=SOURCE, now=now)
        if place % 3 == 0:
            add_licence(actor, entity_id=number, new=_licence(place, today), source=SOURCE, now=now)
        if place % 4 == 0:
            report_year(
                actor,
                entity_id=number,
                year=today.year - 1,
                on=today,
                employees=chance.randrange(2, 400),
                source=SOURCE,
                now=now,
            )
        if place % 17 == 5:
            list_abnormal(
                actor,
                entity_id=number,
                since=today - timedelta(days=60),
                ground="通过登记的住所无法联系（示意）",
                decided_by="市场监督管理局",
                source=SOURCE,
                now=now,
            )
        if place % 23 == 7:
            step = NewStatus("revoked", today - timedelta(days=30), "长期停业未经营（示意）", SOURCE)
            set_status(actor, entity_id=number, new=step, now=now)


def _shares(
    actor: Actor,
    chance: random.Random,
    number: int,
    holders: Sequence[int],
    codes: dict[int, str],
    *,
    now: datetime,
) -> None:
    left = 100
    upper = chance.choice(holders)
    if upper != number and chance.random() < 0.4:
        share = chance.choice((30, 51, 60, 70))
        new = NewHolding("entity", holder_uscc=codes[upper], share=Decimal(share))
        add_holding(actor, entity_id=number, new=new, source=SOURCE, now=now)
        left -= share
    first = chance.choice((left, left * 3 // 5))
    for share in (first, left - first):
        if share:
            new = NewHolding("person", holder_name=_person(chance), share=Decimal(share))
            add_holding(actor, entity_id=number, new=new, source=SOURCE, now=now)


def _licence(place: int, today: date) -> NewLicence:
    since = today - timedelta(days=200 + place)
    return NewLicence(
        name="食品经营许可证（示意）",
        number=f"JY9{place:013d}",
        issuer="市场监督管理局",
        content="预包装食品销售",
        since=since,
        until=since + timedelta(days=1_825),
    )


def _person(chance: random.Random) -> str:
    """Return a name that nobody bears."""
    return chance.choice(_PEOPLE) + chance.choice(_GIVEN)
