"""The verdict for one kind of aid: every step with its figures, so that anybody can follow it with pencil and paper."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from onecity.domains.welfare.rules.assets import Wealth, wealth
from onecity.domains.welfare.rules.codes import Aid
from onecity.domains.welfare.rules.comparing import compare
from onecity.domains.welfare.rules.findings import Finding, Weight
from onecity.domains.welfare.rules.household import ZERO, Expense, Found, Household, Member, age_on
from onecity.domains.welfare.rules.income import CENT, MONTHS_OF_A_YEAR, Means, means
from onecity.domains.welfare.rules.people import living
from onecity.domains.welfare.rules.policies import Policy
from onecity.kernel.text import zh

OLD: Final = 60
GROWN: Final = 16
SEVERE: Final = 2  # grades 1 and 2


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a verdict. template: Chinese, with places; passed: None for a step that only tells."""

    code: str
    template: str
    params: Mapping[str, str] = field(default_factory=dict)
    passed: bool | None = None

    @property
    def sentence(self) -> str:
        """Return the Chinese sentence with its places filled."""
        return self.template.format_map(self.params)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say. eligible: every step passed. open_questions: contradictions that people must settle first."""

    aid: Aid
    eligible: bool
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    means: Means
    wealth: Wealth

    @property
    def open_questions(self) -> tuple[Finding, ...]:
        """Return the contradictions."""
        return tuple(item for item in self.findings if item.weight is Weight.CONTRADICTION)


@dataclass(frozen=True, slots=True)
class _Facts:
    household: Household
    found: Found
    heads: tuple[Member, ...]
    means: Means
    wealth: Wealth
    policy: Policy
    on: date


def judge(household: Household, found: Found, *, aid: Aid, policy: Policy, on: date) -> Verdict:
    """Judge a household for one kind of aid by the limits given.

    on: the day of the application. Source: house rule; every limit comes from the policy's rows.
    """
    heads = living(household, found, on=on)
    counted = means(household, found, policy=policy, on=on, heads=max(len(heads), 1))
    facts = _Facts(household, found, heads, counted, wealth(household, found), policy, on)
    steps = (_heads(facts), *_TESTS[aid](facts))
    return Verdict(
        aid,
        all(step.passed is not False for step in steps),
        steps,
        compare(household, found, policy=policy, on=on),
        counted,
        facts.wealth,
    )


def _heads(facts: _Facts) -> Step:
    return Step(
        "heads",
        zh("共同生活的家庭成员{count}人，{months}个月收入合计{total}元，月人均{each}元"),
        {
            "count": str(len(facts.heads)),
            "months": str(facts.means.months),
            "total": str(facts.means.total),
            "each": str(facts.means.per_head),
        },
        passed=bool(facts.heads),
    )


def _minimum_living(facts: _Facts) -> Iterator[Step]:
    yield _line(facts, Decimal(1), zh("月人均收入{each}元，最低生活保障标准{line}元"))
    yield from _property(facts)


def _margin(facts: _Facts) -> Iterator[Step]:
    yield _above(facts)
    yield _line(facts, facts.policy.margin_multiple, zh("月人均收入{each}元，边缘家庭收入上限{line}元"))
    yield from _property(facts)


def _burden(facts: _Facts) -> Iterator[Step]:
    yield _line(facts, facts.policy.burden_multiple, zh("月人均收入{each}元，刚性支出困难家庭收入上限{line}元"))
    spent, needed = _expenses(facts), facts.means.total * facts.policy.burden_share
    yield Step(
        "burden",
        zh("刚性支出{spent}元，不低于收入的{share}即{needed}元"),
        {"spent": str(spent), "share": _percent(facts.policy.burden_share), "needed": _yuan(needed)},
        passed=spent > 0 and spent >= needed,
    )
    yield from _property(facts)


def _destitute(facts: _Facts) -> Iterator[Step]:
    able = [item for item in facts.heads if not cannot_work(item, on=facts.on)]
    yield Step(
        "no_work",
        zh("有劳动能力的成员{count}人（应无）"),
        {"count": str(len(able))},
        passed=not able,
    )
    yield Step(
        "no_support",
        zh("法定义务人推算赡养、抚养、扶养费{support}元（应无履行能力）"),
        {"support": str(facts.means.support)},
        passed=not facts.means.support,
    )
    yield _line(facts, Decimal(1), zh("月人均收入{each}元，最低生活保障标准{line}元"))
    yield from _property(facts)


def _housing(facts: _Facts) -> Iterator[Step]:
    policy = facts.policy
    yield Step(
        "income",
        zh("月人均收入{each}元，住房保障收入标准{line}元"),
        {"each": str(facts.means.per_head), "line": _yuan(policy.housing_line)},
        passed=facts.means.per_head <= policy.housing_line,
    )
    owned = facts.wealth.area / max(len(facts.heads), 1)
    yield Step(
        "area",
        zh("自有住房人均{area}平方米，住房困难标准{limit}平方米"),
        {"area": _yuan(owned), "limit": _yuan(policy.housing_area)},
        passed=owned < policy.housing_area,
    )
    yield _financial(facts)


def _line(facts: _Facts, multiple: Decimal, template: str) -> Step:
    line = facts.policy.line * multiple
    shown = {"each": str(facts.means.per_head), "line": _yuan(line)}
    return Step("income", template, shown, passed=facts.means.per_head <= line)


def _above(facts: _Facts) -> Step:
    """Tell how the household stands to the fuller aid: it may apply for that as well."""
    return Step(
        "above_line",
        zh("月人均收入{each}元，最低生活保障标准{line}元；不高于标准的，可同时申请最低生活保障"),
        {"each": str(facts.means.per_head), "line": _yuan(facts.policy.line)},
    )


def _property(facts: _Facts) -> Iterator[Step]:
    policy, owned = facts.policy, facts.wealth
    yield _financial(facts)
    yield _count(
        "vehicles", zh("机动车辆{count}辆（生产生活必需的除外），允许{most}辆"), owned.vehicles, policy.vehicles
    )
    yield _count("houses", zh("房屋{count}套，允许{most}套"), owned.houses, policy.houses)
    yield Step(
        "capital",
        zh("企业实缴出资{capital}元，允许{most}元"),
        {"capital": _yuan(owned.capital), "most": _yuan(policy.capital)},
        passed=owned.capital <= policy.capital,
    )


def _financial(facts: _Facts) -> Step:
    most = facts.policy.deposit_multiple * facts.policy.line * MONTHS_OF_A_YEAR * max(len(facts.heads), 1)
    return Step(
        "financial",
        zh("存款、证券、保险和债权合计{owned}元，上限{most}元"),
        {"owned": _yuan(facts.wealth.financial), "most": _yuan(most)},
        passed=facts.wealth.financial <= most,
    )


def _count(code: str, template: str, count: int, most: int) -> Step:
    return Step(code, template, {"count": str(count), "most": str(most)}, passed=count <= most)


def _expenses(facts: _Facts) -> Decimal:
    """Return unavoidable expenditure: by member and topic the lower of declared and found, where it was found."""
    own = {item.key for item in facts.heads}
    declared, found = _sums(facts.household.expenses, own), _sums(facts.found.expenses, own)
    return sum((min(value, found[key]) if key in found else value for key, value in declared.items()), ZERO)


def _sums(entries: tuple[Expense, ...], own: set[str]) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = {}
    for item in entries:
        if item.member in own:
            sums[item.member, item.topic] = sums.get((item.member, item.topic), ZERO) + item.amount
    return sums


def cannot_work(member: Member, *, on: date) -> bool:
    """Say whether a member has no ability to work: old, a minor, or severely disabled.

    Source: 特困人员认定办法, 2021, article 5: 60 years, below 16 years, grades 1 and 2.
    """
    age = age_on(member.birth_date, day=on)
    return age >= OLD or age < GROWN or 1 <= member.disability <= SEVERE


def _yuan(value: Decimal) -> str:
    return str(value.quantize(CENT, ROUND_HALF_UP))


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


_TESTS: Final[Mapping[Aid, Callable[[_Facts], Iterator[Step]]]] = {
    Aid.MINIMUM_LIVING: _minimum_living,
    Aid.MARGIN: _margin,
    Aid.BURDEN: _burden,
    Aid.DESTITUTE: _destitute,
    Aid.HOUSING: _housing,
}
