"""The roll of those who receive aid already is taken over, once, whole or not at all."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from onecity.domains.welfare.contracts import KnownHousehold, NewApplication, NewAsset, NewIncome
from onecity.domains.welfare.models import Application, Authorisation, Benefit
from onecity.domains.welfare.rules.codes import Aid, Asset, Relation
from onecity.domains.welfare.rules.readings import READINGS
from onecity.domains.welfare.selectors.applications import household, members_of
from onecity.domains.welfare.services.rechecking import recheck, start_recheck
from onecity.domains.welfare.services.taking_over import MOST, take_over
from onecity.domains.welfare.tests.factories import SYSTEM, Offices, Quiet, Tables, new_member
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.identifiers.citizen_id import InvalidCitizenId

pytestmark = pytest.mark.django_db


def known(offices: Offices, certificate: str = "Z1", **facts: object) -> KnownHousehold:
    """Return a couple with a child."""
    given: dict[str, object] = {
        "others": (
            new_member("李四", relation=Relation.SPOUSE),
            new_member("张小", relation=Relation.CHILD, born=date(2015, 1, 1)),
        ),
        "incomes": (NewIncome("wage", Decimal(700), date(2025, 3, 1), date(2026, 2, 1)),),
        "assets": (NewAsset(Asset.VEHICLE, "吉A12345", living_tool=True), NewAsset(Asset.DEPOSIT, value=Decimal(9))),
        "authorised_until": date(2027, 3, 10),
        **facts,
    }
    new = NewApplication(Aid.MINIMUM_LIVING, offices.street.id, new_member(), "人民大街1号", "13912345678")
    return KnownHousehold(new, certificate, date(2025, 3, 1), **given)  # type: ignore[arg-type]  # test data


def test_household_is_entered_with_all_that_a_recheck_needs(offices: Offices, tables: Tables, now: datetime) -> None:
    assert take_over(SYSTEM, households=[known(offices)], now=now) == 1
    row = Application.objects.get()
    assert (row.state, row.division_code, row.address_masked) == ("granted", "220104001", "人民大街****")
    told = household(row, members_of([row.id])[row.id])
    assert (len(told.members), len(told.incomes), [item.mark for item in told.assets]) == (3, 12, ["吉A12345", ""])
    assert Authorisation.objects.count() == 2
    made = start_recheck(offices.keeper, name="复核", as_of=now.date(), now=now)
    recheck(offices.keeper, recheck_id=made.id, asker=tables, progress=Quiet(), now=now)
    assert len(tables.asked) == 3 * len(READINGS)


def test_same_roll_again_enters_nobody_twice(offices: Offices, now: datetime) -> None:
    first = known(offices)
    take_over(SYSTEM, households=[first], now=now)
    assert take_over(SYSTEM, households=[first, known(offices, "Z2")], now=now) == 1
    assert Benefit.objects.count() == 2


def test_without_papers_nobody_may_be_asked(offices: Offices, now: datetime) -> None:
    take_over(SYSTEM, households=[known(offices, authorised_until=None)], now=now)
    assert not Authorisation.objects.exists()


def test_wrong_number_keeps_the_whole_batch_out(offices: Offices, now: datetime) -> None:
    bad = known(offices, "Z2", others=(new_member(identifier="220104198001010010", relation=Relation.SPOUSE),))
    with pytest.raises(InvalidCitizenId):
        take_over(SYSTEM, households=[known(offices), bad], now=now)
    assert not Benefit.objects.exists()


def test_only_the_keeper_takes_over_and_not_too_many_at_once(offices: Offices, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        take_over(offices.clerk, households=[], now=now)
    with pytest.raises(Invalid):
        take_over(SYSTEM, households=[known(offices)] * (MOST + 1), now=now)
