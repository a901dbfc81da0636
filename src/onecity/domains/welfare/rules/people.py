"""People of a household against the registers: who lives, who is married, who belongs there, who draws what."""

from collections.abc import Iterator
from datetime import date

from onecity.domains.welfare.rules.codes import MARITAL_NAMES, Department, Marital
from onecity.domains.welfare.rules.findings import Finding, Weight
from onecity.domains.welfare.rules.household import Found, Household, Member, PersonRecord
from onecity.kernel.text import zh

_POLICE = (Department.PUBLIC_SECURITY,)
_CIVIL = (Department.CIVIL_AFFAIRS,)
_LABOUR = (Department.HUMAN_RESOURCES,)


def living(household: Household, found: Found, *, on: date) -> tuple[Member, ...]:
    """Return the members that count as heads: those of whom no register says that they died by the day."""
    return tuple(item for item in household.heads if not _died(found.person(item.key), on=on))


def people_findings(household: Household, found: Found, *, on: date) -> tuple[Finding, ...]:
    """Return everything in which the registers of people differ from the declaration."""
    every: list[Finding] = []
    for member in household.members:
        record = found.person(member.key)
        every += _life(member, record, on=on)
        every += _marriage(member, record)
        every += _standing(member, record)
    every += _household(household, found)
    return tuple(every)


def _died(record: PersonRecord, *, on: date) -> bool:
    return record.death_date is not None and record.death_date <= on


def _life(member: Member, record: PersonRecord, *, on: date) -> Iterator[Finding]:
    if record.death_date is None or record.death_date > on:
        return
    died = record.death_date.isoformat()
    yield Finding(
        "dead_member",
        Weight.CONTRADICTION,
        zh("申报的家庭成员已于{day}死亡"),
        member.key,
        zh("生存状况"),
        zh("在世"),
        died,
        (*_POLICE, *_CIVIL),
        {"day": died},
    )
    drawn = record.drawing_until
    if drawn is not None and (drawn.year, drawn.month) > (record.death_date.year, record.death_date.month):
        yield Finding(
            "dead_drawing",
            Weight.CONTRADICTION,
            zh("死亡后仍领取养老金至{month}"),
            member.key,
            zh("养老金"),
            "",
            f"{drawn:%Y-%m}",
            _LABOUR,
            {"month": f"{drawn:%Y-%m}"},
        )


def _marriage(member: Member, record: PersonRecord) -> Iterator[Finding]:
    if record.marital is not None and not _same_marriage(member.marital, record.marital):
        names = MARITAL_NAMES[member.marital], MARITAL_NAMES[record.marital]
        yield Finding(
            "marital",
            Weight.CONTRADICTION,
            zh("申报婚姻状况与婚姻登记不一致"),
            member.key,
            zh("婚姻状况"),
            *names,
            _CIVIL,
        )
    if record.marital is Marital.MARRIED and record.spouse_listed is False and not member.supports:
        yield Finding(
            "spouse_missing",
            Weight.CONTRADICTION,
            zh("婚姻登记中的配偶未列入家庭成员"),
            member.key,
            zh("配偶"),
            zh("未申报"),
            zh("已登记"),
            _CIVIL,
        )


def _same_marriage(declared: Marital, told: Marital) -> bool:
    """Say whether both agree; the registry of marriages knows no widows, and calls whoever never married single."""
    return declared is told or (declared is Marital.WIDOWED and told is Marital.MARRIED)


def _standing(member: Member, record: PersonRecord) -> Iterator[Finding]:
    if member.disability and record.disability is not None and record.disability != member.disability:
        yield Finding(
            "disability",
            Weight.DIFFERENCE,
            zh("申报残疾等级与残联登记不一致"),
            member.key,
            zh("残疾等级"),
            str(member.disability),
            str(record.disability or zh("未登记")),
            (Department.DISABLED,),
        )
    if not member.able_to_work and record.insured_now:
        yield Finding(
            "works",
            Weight.CONTRADICTION,
            zh("申报无劳动能力或未就业，但正在以职工身份参保"),
            member.key,
            zh("就业状况"),
            zh("未就业"),
            zh("在职参保"),
            _LABOUR,
        )
    if record.other_aid:
        yield Finding(
            "other_aid",
            Weight.DIFFERENCE,
            zh("正在享受其他救助：{aid}"),
            member.key,
            zh("其他救助"),
            "",
            record.other_aid,
            _CIVIL,
            {"aid": record.other_aid},
        )


def _household(household: Household, found: Found) -> Iterator[Finding]:
    if found.missing_people:
        yield Finding(
            "people_missing",
            Weight.CONTRADICTION,
            zh("同户登记人员中有{count}人未申报"),
            subject=zh("家庭成员"),
            declared=str(len(household.heads)),
            found=str(len(household.heads) + found.missing_people),
            sources=_POLICE,
            params={"count": str(found.missing_people)},
        )
    for member in household.heads:
        if found.person(member.key).registered is False:
            yield Finding(
                "not_registered",
                Weight.DIFFERENCE,
                zh("户籍登记中没有该成员"),
                member.key,
                zh("户籍"),
                zh("家庭成员"),
                zh("未登记"),
                _POLICE,
            )
