"""Bills: by the price in force, over a year that adds up, corrected by further revisions and never in silence."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from onecity.domains.metering.contracts import MeterFacts, NewTariff
from onecity.domains.metering.models import Bill, Meter, Tariff
from onecity.domains.metering.permissions import BILL, PRICES
from onecity.domains.metering.rules.codes import BILL_MONTH, Supply
from onecity.domains.metering.services.billing import bill_meters, rebill, run_billing, start_billing
from onecity.domains.metering.services.facts import describe_meters
from onecity.domains.metering.services.first_day import RESIDENTIAL, enter_first_rows
from onecity.domains.metering.services.prices import TariffPublished, TariffStands, draft_tariff, publish_tariff
from onecity.domains.metering.tests.factories import SYSTEM, daily, make_meter, measured
from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import audited, make_actor, plain_actor

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def used(now: datetime, january: float, february: float, *, persons: int = 0) -> Meter:
    """Make a water meter that used so much in two months, told by three readings."""
    meter = make_meter(now=now, category=RESIDENTIAL, persons=persons)
    first = daily(date(2025, 12, 31), [0])
    second = daily(date(2026, 1, 31), [january])
    third = daily(date(2026, 2, 28), [january + february])
    for readings in (first, second, third):
        measured(meter, readings, now=now)
    return meter


def bills(meter: Meter) -> list[tuple[str, int, str, str, bool]]:
    rows = Bill.objects.filter(meter=meter).order_by("month", "revision")
    return [(f"{row.month:%m}", row.revision, str(row.amount), str(row.difference), row.is_current) for row in rows]


def billed(meter: Meter, now: datetime, *months: date) -> int:
    return bill_meters([meter.id], months=months or [JANUARY, FEBRUARY], reason="month_end", now=now)


def test_months_of_a_year_fill_the_tiers_one_after_the_other(now: datetime) -> None:
    meter = used(now, 150, 60)
    assert billed(meter, now) == 2
    assert bills(meter) == [("01", 1, "750.00", "750.00", True), ("02", 1, "360.00", "360.00", True)]
    row = Bill.objects.get(meter=meter, month=FEBRUARY)
    assert (row.used_before, row.usage, row.estimated) == (Decimal(150), Decimal(60), False)
    assert [(line["tier"], line["quantity"], line["amount"]) for line in row.lines] == [
        (1, "30.000", "150.00"),
        (2, "30.000", "210.00"),
    ]
    assert str(row).endswith("2026-02 #1")


def test_billing_again_adds_nothing(now: datetime) -> None:
    meter = used(now, 150, 60)
    billed(meter, now)
    assert billed(meter, now) == 0
    assert Bill.objects.count() == 2


def test_late_reading_is_a_further_revision_of_its_month_and_those_after_it(now: datetime) -> None:
    meter = used(now, 150, 60)
    billed(meter, now)
    measured(meter, daily(date(2026, 1, 20), [150]), now=now + timedelta(hours=1))
    assert bills(meter) == [
        ("01", 1, "750.00", "750.00", True),
        ("02", 1, "360.00", "360.00", True),
    ]
    measured(meter, daily(date(2026, 1, 31), [160], hour=23), now=now + timedelta(hours=2))
    assert bills(meter) == [
        ("01", 1, "750.00", "750.00", False),
        ("01", 2, "800.00", "50.00", True),
        ("02", 1, "360.00", "360.00", False),
        ("02", 2, "310.00", "-50.00", True),
    ]
    assert {row.reason for row in Bill.objects.filter(revision=2)} == {"late_reading"}


def test_estimated_month_says_so_and_is_put_right(now: datetime) -> None:
    meter = make_meter(now=now, category=RESIDENTIAL)
    measured(meter, daily(date(2026, 2, 1), [10, 11, 12]), now=now)
    billed(meter, now, FEBRUARY)
    row = Bill.objects.get(meter=meter)
    assert (row.estimated, row.usage) == (True, Decimal(27))
    measured(meter, daily(date(2026, 2, 28), [20]), now=now)
    row = Bill.objects.get(meter=meter, is_current=True)
    assert (row.revision, row.estimated, row.usage) == (2, False, Decimal(10))


def test_months_that_were_not_billed_are_left_alone(now: datetime) -> None:
    meter = used(now, 10, 10)
    assert rebill({meter.id: {JANUARY}}, reason="late_reading", now=now) == 0
    assert rebill({}, reason="late_reading", now=now) == 0
    assert not Bill.objects.exists()


def test_meter_without_category_price_or_usage_gets_no_bill(now: datetime) -> None:
    nameless = make_meter(now=now)
    heat = make_meter(now=now, supply=Supply.HEAT, category=RESIDENTIAL)
    silent = make_meter(now=now, category=RESIDENTIAL)
    for meter in (nameless, heat):
        measured(meter, daily(JANUARY, [1, 2]), now=now)
    ids = [nameless.id, heat.id, silent.id]
    assert bill_meters(ids, months=[JANUARY], reason="month_end", now=now) == 0


def new_tariff(**changes: object) -> NewTariff:
    given: dict[str, object] = {
        "supply": "water",
        "category": RESIDENTIAL,
        "valid_from": FEBRUARY,
        "by_year": True,
        "tiers": ((Decimal(100), Decimal(6)), (None, Decimal(8))),
        "fees": (("污水处理费", Decimal(1)),),
        "persons_from": 4,
        "per_person": Decimal(20),
        "source": "发改价格〔2026〕1号",
    }
    return NewTariff(**{**given, **changes})  # type: ignore[arg-type]  # tests name fields


def test_new_edition_holds_from_its_first_day_on(now: datetime) -> None:
    meter = used(now, 90, 40, persons=5)
    actor = make_actor(PRICES)
    number = draft_tariff(actor, new=new_tariff(), now=now)
    billed(meter, now, FEBRUARY)
    assert Bill.objects.get(meter=meter).tariff.valid_from < FEBRUARY
    publish_tariff(actor, tariff_id=number, now=now)
    billed(meter, now, JANUARY, FEBRUARY)
    found = {row.month: row for row in Bill.objects.filter(meter=meter, is_current=True)}
    assert found[JANUARY].tariff.valid_from < FEBRUARY
    assert (found[FEBRUARY].tariff_id, found[FEBRUARY].amount) == (number, Decimal("300.00"))
    assert audited(f"metering.tariff:{number}") == [
        ("metering.draft_tariff", "done"),
        ("metering.publish_tariff", "done"),
    ]


def test_price_by_the_month_begins_anew_each_month(now: datetime) -> None:
    meter = used(now, 90, 40)
    number = draft_tariff(SYSTEM, new=new_tariff(by_year=False, valid_from=JANUARY, fees=()), now=now)
    publish_tariff(SYSTEM, tariff_id=number, now=now)
    billed(meter, now)
    assert [row[2] for row in bills(meter)] == ["540.00", "240.00"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"supply": "steam"}, "supply"),
        ({"category": " "}, "category"),
        ({"source": ""}, "source"),
        ({"tiers": ((Decimal(5), Decimal(1)),)}, "tiers"),
    ],
)
def test_impossible_edition_is_refused_by_field(changes: Mapping[str, object], field: str, now: datetime) -> None:
    with pytest.raises(Invalid) as refusal:
        draft_tariff(SYSTEM, new=new_tariff(**changes), now=now)
    assert set(refusal.value.fields) == {field}


def test_published_edition_is_never_altered_nor_doubled(now: datetime) -> None:
    first, second = (draft_tariff(SYSTEM, new=new_tariff(), now=now) for _ in range(2))
    publish_tariff(SYSTEM, tariff_id=first, now=now)
    with pytest.raises(TariffPublished):
        publish_tariff(SYSTEM, tariff_id=first, now=now)
    with pytest.raises(TariffStands):
        publish_tariff(SYSTEM, tariff_id=second, now=now)
    with pytest.raises(NotFound):
        publish_tariff(SYSTEM, tariff_id=0, now=now)
    assert str(Tariff.objects.get(id=first)) == "water 居民 2026-02-01"


def test_prices_need_the_right(now: datetime) -> None:
    with pytest.raises(NotPermitted):
        draft_tariff(plain_actor(), new=new_tariff(), now=now)


def test_first_rows_are_entered_once(now: datetime) -> None:
    count = Tariff.objects.count()
    enter_first_rows(now=now)
    assert Tariff.objects.count() == count == 2


class Steps:
    """Keeps what a job tells of its progress."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int, str]] = []

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Keep it."""
        self.told.append((done, total, note))


def test_month_is_billed_as_a_job(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    used(now, 150, 60)
    actor = make_actor(BILL)
    assert start_billing(actor, month=JANUARY, now=clock.real_now()) > 0
    assert audited("metering.bills") == [(BILL_MONTH, "done")]
    steps = Steps()
    assert run_billing(steps, {"month": "2026-01-01"}) == {"计量表": 1, "账单": 1}
    assert steps.told == [(0, 1, "2026-01")]


def test_month_that_is_not_over_is_not_billed(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    with pytest.raises(Invalid):
        start_billing(plain_actor(BILL), month=date(2026, 3, 1), now=now)
    with pytest.raises(NotPermitted):
        start_billing(plain_actor(), month=JANUARY, now=now)


@pytest.mark.parametrize(
    "facts",
    [MeterFacts(multiplier=Decimal(0)), MeterFacts(capacity=Decimal(-1)), MeterFacts(zone_code="NONE")],
)
def test_impossible_facts_of_a_meter_are_refused(facts: MeterFacts, now: datetime) -> None:
    meter = make_meter(now=now)
    with pytest.raises(Invalid):
        describe_meters(SYSTEM, facts={meter.id: facts})
    with pytest.raises(NotFound):
        describe_meters(plain_actor(), facts={meter.id: MeterFacts()})
