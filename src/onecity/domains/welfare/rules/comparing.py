"""Declared against found, item by item, within the city's tolerance."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from onecity.domains.welfare.rules.assets import Holding, holdings
from onecity.domains.welfare.rules.codes import ASSET_NAMES, FINANCIAL, TOPIC_NAMES, Asset
from onecity.domains.welfare.rules.findings import Finding, Weight
from onecity.domains.welfare.rules.household import Found, Household
from onecity.domains.welfare.rules.income import Stream, streams
from onecity.domains.welfare.rules.people import people_findings
from onecity.domains.welfare.rules.policies import Policy
from onecity.kernel.text import zh

_THINGS = {Asset.VEHICLE: "vehicle_hidden", Asset.HOUSE: "house_hidden", Asset.ENTERPRISE: "enterprise_hidden"}


def within(declared: Decimal, found: Decimal, *, policy: Policy) -> bool:
    """Say whether found exceeds declared by no more than the larger tolerance; less than declared always agrees."""
    allowed = max(policy.tolerance, declared * policy.tolerance_share)
    return found - declared <= allowed


def compare(household: Household, found: Found, *, policy: Policy, on: date) -> tuple[Finding, ...]:
    """Return every compared item: people first, then income, then property; agreeing ones as well.

    Items of departments that have not answered are not compared: unknown is not empty.
    """
    return (
        *people_findings(household, found, on=on),
        *_incomes(_own(household, streams(household, found, policy=policy, on=on)), policy=policy),
        *_assets(holdings(household, found), policy=policy),
    )


def _own(household: Household, every: tuple[Stream, ...]) -> tuple[Stream, ...]:
    """Leave out relatives who live elsewhere: what they earn is found out, not declared."""
    own = {item.key for item in household.heads}
    return tuple(item for item in every if item.member in own)


def _incomes(every: tuple[Stream, ...], *, policy: Policy) -> Iterator[Finding]:
    for item in every:
        if not item.sources:
            continue
        weight = _weight(item.declared, item.found, policy=policy)
        hidden = weight is not Weight.AGREES and not item.declared
        yield Finding(
            "income",
            weight,
            zh("未申报的收入") if hidden else _SENTENCES[weight],
            item.member,
            TOPIC_NAMES[item.topic],
            str(item.declared),
            str(item.found),
            item.sources,
        )


def _assets(every: tuple[Holding, ...], *, policy: Policy) -> Iterator[Finding]:
    for item in every:
        if item.told:
            yield _money(item, policy=policy) if item.kind not in _THINGS else _thing(item)


def _money(item: Holding, *, policy: Policy) -> Finding:
    """Compare money; a housing fund is known to the office anyway and never a fault."""
    weight = _weight(item.declared, item.found, policy=policy) if item.kind in FINANCIAL else Weight.AGREES
    return Finding(
        "money",
        weight,
        _SENTENCES[weight],
        item.member,
        ASSET_NAMES[item.kind],
        str(item.declared),
        str(item.found),
        item.sources,
    )


def _thing(item: Holding) -> Finding:
    """Compare a thing; one that was not declared contradicts the signed declaration."""
    hidden = not item.known
    return Finding(
        _THINGS[item.kind] if hidden else "thing",
        Weight.CONTRADICTION if hidden else Weight.AGREES,
        zh("名下有未申报的{thing}") if hidden else _SENTENCES[Weight.AGREES],
        item.member,
        ASSET_NAMES[item.kind],
        zh("未申报") if hidden else item.mark,
        item.mark,
        item.sources,
        {"thing": ASSET_NAMES[item.kind]} if hidden else {},
    )


def _weight(declared: Decimal, found: Decimal, *, policy: Policy) -> Weight:
    return Weight.AGREES if within(declared, found, policy=policy) else Weight.DIFFERENCE


_SENTENCES = {Weight.AGREES: zh("与申报一致"), Weight.DIFFERENCE: zh("查得数高于申报数，超出允许误差")}
