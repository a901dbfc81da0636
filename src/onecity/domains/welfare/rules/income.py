"""Income a head: by kind, after tax and contributions, over the months of the look-back.

Source for all: 最低生活保障审核确认办法, 2021, kinds of income, net of tax and own contributions; shares and periods
are the city's dated rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from onecity.domains.welfare.rules.codes import INCOME_TOPICS, Department, Income
from onecity.domains.welfare.rules.household import ZERO, Found, Household, IncomeEntry, Member
from onecity.domains.welfare.rules.policies import Policy, look_back

CENT = Decimal("0.01")
MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Stream:
    """One member's money of one topic over the look-back. declared, found: sums; found by the highest source."""

    member: str
    topic: str
    declared: Decimal
    found: Decimal
    sources: tuple[Department, ...]

    @property
    def counted(self) -> Decimal:
        """Return what counts: the higher of both, so that silence never pays."""
        return max(self.declared, self.found)


@dataclass(frozen=True, slots=True)
class Means:
    """A household's income. by_kind, total: over the whole look-back, after deductions; monthly, per_head: a month."""

    streams: tuple[Stream, ...]
    by_kind: Mapping[Income, Decimal]
    support: Decimal
    heads: int
    months: int
    total: Decimal
    monthly: Decimal
    per_head: Decimal


def in_period(entries: Iterable[IncomeEntry], *, policy: Policy, on: date) -> tuple[IncomeEntry, ...]:
    """Return the entries of the look-back that count at all."""
    first, last = look_back(policy, on=on)
    return tuple(item for item in entries if first <= item.month <= last and item.topic not in policy.uncounted)


def streams(household: Household, found: Found, *, policy: Policy, on: date) -> tuple[Stream, ...]:
    """Return each member's streams, declared beside found; the same topic from two sources is counted once."""
    declared: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item in in_period(household.incomes, policy=policy, on=on):
        declared[item.member, item.topic] += item.net
    told: dict[tuple[str, str], dict[Department, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for item in in_period(found.incomes, policy=policy, on=on):
        if item.source is not None:
            told[item.member, item.topic][item.source] += item.net
    return tuple(
        Stream(
            member,
            topic,
            declared.get((member, topic), ZERO),
            max(told.get((member, topic), {}).values(), default=ZERO),
            tuple(sorted(told.get((member, topic), {}))),
        )
        for member, topic in sorted({*declared, *told})
    )


def means(household: Household, found: Found, *, policy: Policy, on: date, heads: int) -> Means:
    """Return the household's income; wages are counted less the city's share for the cost of working.

    heads: members that count, ≥ 1 (the dead do not; see `judging`).
    """
    every = streams(household, found, policy=policy, on=on)
    own = {item.key for item in household.heads}
    by_kind: dict[Income, Decimal] = dict.fromkeys(Income, ZERO)
    for item in every:
        if item.member in own:
            kind = INCOME_TOPICS[item.topic]
            share = 1 - policy.work_share if kind is Income.WAGE else Decimal(1)
            by_kind[kind] += item.counted * share
    support = _support(household.members, every, policy=policy)
    by_kind[Income.TRANSFER] += max(support - _told_support(every, own), ZERO)
    total = sum(by_kind.values(), ZERO)
    monthly = total / policy.look_back_months
    return Means(
        every,
        {kind: _cents(value) for kind, value in by_kind.items()},
        _cents(support),
        heads,
        policy.look_back_months,
        _cents(total),
        _cents(monthly),
        _cents(monthly / heads),
    )


def _support(members: Iterable[Member], every: Iterable[Stream], *, policy: Policy) -> Decimal:
    """Return what relatives with a duty of support are taken to give over the look-back."""
    earned: dict[str, Decimal] = {item.key: ZERO for item in members if item.supports}
    for stream in every:
        if stream.member in earned:
            earned[stream.member] += stream.counted
    free = policy.line * policy.support_multiple * policy.look_back_months
    return sum((max(value - free, ZERO) * policy.support_share for value in earned.values()), ZERO)


def _told_support(every: Iterable[Stream], own: set[str]) -> Decimal:
    """Return the support that is already among the household's own streams, so that it is not counted twice."""
    return sum((item.counted for item in every if item.member in own and item.topic == "support"), ZERO)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
