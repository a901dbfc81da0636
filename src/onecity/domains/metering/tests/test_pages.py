"""Pages of metering: for staff as far as they may see, for everybody the prices; as fragments and as files."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from onecity.domains.metering.contracts import MeterFacts
from onecity.domains.metering.models import Abnormality, Bill, Meter, MeterExchange, Tariff
from onecity.domains.metering.permissions import BILL, HANDLE, MANAGE, PRICES, VIEW
from onecity.domains.metering.selectors import figures
from onecity.domains.metering.services.billing import bill_meters
from onecity.domains.metering.services.facts import describe_meters, set_borders
from onecity.domains.metering.tests.factories import SYSTEM, daily, hourly, make_meter, make_zone, measured
from onecity.kernel import clock
from onecity.platform.identity.tests.factories import make_actor, make_organisation, open_session, plain_actor
from onecity.platform.indicators.declare import Period

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _city_time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)


def staff(*permissions: str) -> Client:
    actor = make_actor(*permissions, everywhere=True)
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def page(client: Client, path: str, *, status: int = 200, fragment: bool = False) -> str:
    answer = client.get(path, headers={"HX-Request": "true"} if fragment else {})
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def quarter(now: datetime) -> tuple[int, Meter, Meter]:
    """Return a zone with its inlet and one customer, ten days measured and a month billed."""
    zone = make_zone(now=now)
    make_zone("DMA-1-1", now=now, parent="DMA-1")
    inlet, user = make_meter(now=now), make_meter(now=now, zone_code="DMA-1", category="居民")
    set_borders(SYSTEM, zone_id=zone, inlets=[inlet.id])
    measured(inlet, daily(date(2026, 2, 1), [number * 10 for number in range(37)]), now=now)
    measured(user, daily(date(2026, 2, 1), [number * 8 for number in range(37)]), now=now)
    measured(inlet, hourly(date(2026, 3, 9), 370, [0.5] * 24), now=now)
    bill_meters([user.id], months=[date(2026, 2, 1)], reason="month_end", now=now)
    return zone, inlet, user


def test_overview_shows_zones_with_their_losses(now: datetime) -> None:
    zone, _, _ = quarter(now)
    client = staff(VIEW, "geo.view")
    text = page(client, "/metering")
    assert "DMA-1分区" in text
    assert "DMA-1-1分区" in text
    assert "20.0%" in text or "%" in text
    assert "DMA-1分区" not in page(client, "/metering?supply=gas")
    assert "DMA-1分区" in page(client, "/metering?supply=nonsense")
    text = page(client, f"/metering/zones/{zone}")
    assert "夜间最小流量" in text
    assert "DMA-1-1分区" in text
    page(client, "/metering/zones/0", status=404)


def test_meters_are_listed_found_and_shown(now: datetime) -> None:
    _, _, user = quarter(now)
    client = staff(VIEW)
    assert user.name in page(client, "/metering/meters")
    assert user.name in page(client, f"/metering/meters?q={user.key}&supply=water", fragment=True)
    assert user.name not in page(client, "/metering/meters?supply=gas")
    assert user.name not in page(client, "/metering/meters?watched=1")
    text = page(client, f"/metering/meters/{user.id}")
    assert "2026-02" in text
    assert "居民" in text
    page(client, "/metering/meters/0", status=404)
    assert client.get("/metering/meters?format=csv").status_code == 200


def test_facts_and_exchanges_are_entered_on_pages(now: datetime) -> None:
    _, _, user = quarter(now)
    client = staff(VIEW, MANAGE)
    path = f"/metering/meters/{user.id}"
    assert "满码值" in page(client, f"{path}/facts")
    facts = {"category": "居民", "persons": "5", "multiplier": "1", "capacity": "100000", "zone_code": "DMA-1"}
    assert client.post(f"{path}/facts", facts).status_code == 302
    assert Meter.objects.get(id=user.id).persons == 5
    assert client.post(f"{path}/facts", {**facts, "zone_code": "NONE"}).status_code == 422
    page(client, f"{path}/exchange")
    given = {"at": "2026-03-05T10:00", "last_register": "256", "first_register": "0"}
    assert client.post(f"{path}/exchange", given).status_code == 302
    assert client.post(f"{path}/exchange", given).status_code == 422
    assert MeterExchange.objects.count() == 1
    assert str(MeterExchange.objects.get()).endswith("2026-03-05")


def test_bill_shows_its_lines_and_revisions(now: datetime) -> None:
    _, _, user = quarter(now)
    client = staff(VIEW)
    assert "1152.00" in page(client, "/metering/bills")
    first = Bill.objects.get()
    measured(user, daily(date(2026, 2, 28), [220], hour=23), now=now + timedelta(hours=1))
    second = Bill.objects.get(is_current=True)
    assert second.revision == 2
    text = page(client, f"/metering/bills/{second.id}")
    assert "补到读数，重新计算" in text
    assert "已被更正" in page(client, f"/metering/bills/{first.id}")
    assert user.name in page(client, "/metering/bills?revised=1&month=2026-02-01&supply=water")
    assert user.name not in page(client, "/metering/bills?q=nobody")
    page(client, "/metering/bills/0", status=404)


def test_month_is_billed_from_a_page() -> None:
    client = staff(VIEW, BILL)
    page(client, "/metering/bills/month")
    assert client.post("/metering/bills/month", {"month": "2026-02"}).status_code == 302
    assert client.post("/metering/bills/month", {"month": "2026-03"}).status_code == 422
    assert client.post("/metering/bills/month", {"month": "x"}).status_code == 422


def test_findings_are_listed_and_handled_on_their_page(now: datetime) -> None:
    meter = make_meter(now=now)
    measured(meter, daily(FIRST, [100, 99]), now=now)
    row = Abnormality.objects.get()
    client = staff(VIEW, HANDLE)
    assert meter.name in page(client, "/metering/abnormal?kind=reverse&state=open")
    assert meter.name not in page(client, "/metering/abnormal?q=nobody")
    assert meter.name in page(client, "/metering/abnormal/card", fragment=True)
    assert client.get("/metering/abnormal/card").status_code == 302
    path = f"/metering/abnormal/{row.id}"
    assert "表计倒走" in page(client, path)
    assert client.post(path, {"what": "take_up"}).status_code == 302
    assert client.post(path, {"what": "close", "result": "perhaps"}).status_code == 302
    assert Abnormality.objects.get().state == "handling"
    assert client.post(path, {"what": "close", "result": "fault", "note": "换表"}).status_code == 302
    assert "表计故障，已处理" in page(client, path)
    assert "没有未处理" in page(client, "/metering/abnormal/card", fragment=True)
    page(client, "/metering/abnormal/0", status=404)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [("standing_still", "25.0", "25 小时"), ("continuous", "0.012", "0.012 m³/h"), ("sudden_rise", "3.5", "3.5 m³")],
)
def test_figures_of_findings_have_their_units(kind: str, value: str, shown: str, now: datetime) -> None:
    meter = make_meter(now=now)
    Abnormality.objects.create(
        meter=meter,
        kind=kind,
        severity="minor",
        first_date=FIRST,
        last_date=FIRST,
        value=Decimal(value),
        organisation_id=meter.organisation_id,
        created_at=now,
    )
    assert shown in page(staff(VIEW), "/metering/abnormal")


TARIFF = {
    "supply": "gas",
    "category": "居民",
    "valid_from": "2026-01-01",
    "by_year": "on",
    "tiers": "300 2.5\n500 3\n3.8",
    "fees": "",
    "persons_from": "0",
    "per_person": "0",
    "source": "发改价格〔2026〕2号",
}


def test_edition_is_drafted_published_and_seen_by_everybody() -> None:
    client = staff(PRICES)
    page(client, "/metering/tariffs/new")
    assert client.post("/metering/tariffs/new", TARIFF).status_code == 302
    row = Tariff.objects.get(supply="gas")
    assert "草稿" in page(client, "/metering/tariffs")
    assert "燃气" not in page(Client(), "/prices")
    assert client.post(f"/metering/tariffs/{row.id}").status_code == 302
    assert "已发布" in page(client, f"/metering/tariffs/{row.id}")
    assert client.post(f"/metering/tariffs/{row.id}").status_code == 302
    assert "燃气" in page(Client(), "/prices")
    page(client, "/metering/tariffs/0", status=404)


@pytest.mark.parametrize(
    "changes",
    [
        {"tiers": "300 2.5 9\n3"},
        {"tiers": "300 x\n3"},
        {"tiers": "300 2.5"},
        {"tiers": "NaN"},
        {"fees": "污水处理费"},
        {"category": " "},
    ],
)
def test_edition_that_makes_no_sense_is_refused(changes: dict[str, str]) -> None:
    answer = staff(PRICES).post("/metering/tariffs/new", {**TARIFF, **changes})
    assert answer.status_code == 422
    assert not Tariff.objects.filter(supply="gas").exists()


def test_fees_of_an_edition_are_charged() -> None:
    client = staff(PRICES)
    client.post("/metering/tariffs/new", {**TARIFF, "fees": "违约金 另计 0.5"})
    row = Tariff.objects.get(supply="gas")
    assert "违约金 另计" in page(client, f"/metering/tariffs/{row.id}")


def test_everybody_can_reckon_a_year(now: datetime) -> None:
    row = Tariff.objects.get(supply="water")
    text = page(Client(), f"/prices?tariff={row.id}&usage=300&persons=3")
    assert "1820.00" in text
    page(Client(), f"/prices?tariff={row.id}&usage=-1", status=422)
    page(Client(), "/prices?tariff=0&usage=1", status=422)


def test_prices_speak_english() -> None:
    client = Client()
    client.cookies["onecity_language"] = "en"
    assert "Tier 1" in page(client, "/prices")


def test_rows_of_others_are_not_seen(now: datetime) -> None:
    mine, other = make_organisation("一水司"), make_organisation("二水司")
    own = make_meter(now=now, organisation_id=mine.id)
    make_meter(now=now, organisation_id=other.id)
    actor = make_actor(VIEW, organisation=mine)
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    text = page(client, "/metering/meters")
    assert own.name in text
    hidden = Meter.objects.get(organisation_id=other.id)
    page(client, f"/metering/meters/{hidden.id}", status=404)


def test_figures_count_what_the_actor_may_see(now: datetime) -> None:
    quarter(now)
    period = Period(now, now)
    loss = figures.water_loss(SYSTEM, period)
    assert loss.value is not None
    assert 15 < loss.value < 30
    assert figures.electricity_loss(SYSTEM, period).value is None
    assert figures.water_loss(plain_actor(), period).value is None
    assert figures.read_share(SYSTEM, period).denominator == 2
    assert figures.read_share(plain_actor(), period).value is None
    assert len(figures.meter_rows(SYSTEM, period, 10).rows) == 2
    assert figures.zone_rows(SYSTEM, period, 10).rows[0][0] == "DMA-1分区"
    measured(make_meter(now=now), daily(FIRST, [100, 99]), now=now)
    assert figures.open_abnormal(SYSTEM, period).value == Abnormality.objects.exclude(state="closed").count()
    assert figures.abnormal_rows(SYSTEM, period, 10).columns[0] == "计量表"


def test_list_of_meters_goes_on_by_key(now: datetime) -> None:
    owner = make_organisation("水司").id
    for _ in range(3):
        make_meter(now=now, organisation_id=owner)
    client = staff(VIEW)
    text = page(client, "/metering/meters?size=2")
    assert "after=" in text
    describe_meters(SYSTEM, facts={row.id: MeterFacts(customer_number="H1") for row in Meter.objects.all()})
    after = text.split("after=")[1].split('"')[0].split("&")[0]
    assert page(client, f"/metering/meters?size=2&after={after}", fragment=True)
