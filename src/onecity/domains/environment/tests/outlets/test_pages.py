"""Pages of pollution sources, and who sees them."""

from datetime import datetime

import pytest
from django.test import Client

from onecity.domains.environment.models import Enterprise, Excess, ExcessNote, Outlet, PermitLimit, Standstill
from onecity.domains.environment.permissions import HANDLE_EXCESS, MANAGE_OUTLETS, VIEW_OUTLETS
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.selectors.outlets.figures import (
    excess_rows,
    open_excesses,
    transmission_rate,
    transmission_rows,
)
from onecity.domains.environment.services.outlets.assessing import assess_outlets
from onecity.domains.environment.tests.surroundings import ALL, made_up_code, make_device, make_outlet, record
from onecity.domains.environment.tests.water.test_pages import page
from onecity.kernel import clock
from onecity.platform.identity.tests.factories import make_actor, make_organisation, open_session
from onecity.platform.indicators.declare import Period
from onecity.platform.iot import api as iot

pytestmark = pytest.mark.django_db
EVERYTHING = (VIEW_OUTLETS, MANAGE_OUTLETS, HANDLE_EXCESS, "iot.view_devices")


@pytest.fixture(autouse=True)
def _city_time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)


@pytest.fixture
def outlet(now: datetime) -> Outlet:
    made = make_outlet(now=now, factors=("cod", "nh3n"), begun_at=now - 4 * HOUR)
    for back, cod in ((3, 40.0), (2, 75.0), (1, 45.0)):
        record(made.device_id, now - back * HOUR, {"cod": cod, "nh3n": 1.2, "flow": 10.0}, now=now)
        assess_outlets([made.device_id], at=[now - back * HOUR], now=now)
    return made


def staff(*permissions: str) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(make_actor(*permissions, everywhere=True).account_id)
    return client


def test_enterprise_shows_outlets_emissions_and_exceedances(outlet: Outlet) -> None:
    client = staff(VIEW_OUTLETS)
    assert "示意食品厂" in page("/environment/enterprises", client=client)
    text = page(f"/environment/enterprises/{outlet.enterprise_id}", client=client)
    for expected in (
        "总排口",
        "1 条超标待办",
        "化学需氧量",
        "5.76 kg",
        "法人库中没有，或您无权查看。",
        "本月有效传输率",
    ):
        assert expected in text
    assert "登记排口" not in text


def test_outlet_shows_hours_limits_and_transmission(outlet: Outlet) -> None:
    text = page(f"/environment/outlets/{outlet.id}", client=staff(VIEW_OUTLETS))
    for expected in ('id="outlet-hours"', "许可 50", "达标", "无限值", "有效传输率", "许可证", "没有报备"):
        assert expected in text
    other = page(f"/environment/outlets/{outlet.id}?factor=nh3n", client=staff(VIEW_OUTLETS))
    assert '"name": "\\u6c28\\u6c2e"' in other or "氨氮" in other
    page("/environment/outlets/0", client=staff(VIEW_OUTLETS), status=404)


def test_exceedance_is_listed_looked_into_and_closed(outlet: Outlet) -> None:
    client, excess = staff(VIEW_OUTLETS, HANDLE_EXCESS), Excess.objects.get()
    listed = page("/environment/excesses?state=open&factor=cod&span=hour&q=食品", client=client)
    assert "示意食品厂" in listed
    address = f"/environment/excesses/{excess.id}"
    text = page(address, client=client)
    for expected in ("75", "0.5", "开始核实", "超标属实，依法查处"):
        assert expected in text
    client.post(address, {"what": "take_up"})
    client.post(address, {"what": "note", "text": "已到现场采样"})
    client.post(address, {"what": "close", "result": "", "text": "无"})
    assert "请选择核实结果" in page(address, client=client)
    client.post(address, {"what": "close", "result": "confirmed", "text": "立案查处"})
    text = page(address, client=client)
    assert "已到现场采样" in text
    assert "立案查处" in text
    assert (Excess.objects.get().state, ExcessNote.objects.count()) == ("closed", 2)
    assert "开始核实" not in text


def test_viewer_without_the_right_cannot_handle(outlet: Outlet) -> None:
    client, excess = staff(VIEW_OUTLETS), Excess.objects.get()
    assert "核实结果" not in page(f"/environment/excesses/{excess.id}", client=client)
    client.post(f"/environment/excesses/{excess.id}", {"what": "take_up"})
    assert Excess.objects.get().state == "open"


def test_card_shows_what_is_to_be_looked_into(outlet: Outlet) -> None:
    client = staff(VIEW_OUTLETS)
    assert "示意食品厂" in page("/environment/excesses/card", client=client, fragment=True)
    assert client.get("/environment/excesses/card").status_code == 302


def test_transmission_of_a_month_names_who_is_below_the_target(outlet: Outlet) -> None:
    client = staff(VIEW_OUTLETS)
    text = page("/environment/transmission", client=client)
    for expected in ("2026年3月", "目标 90%，1 个排口低于目标", "66.7%", "6 / 4 / 4"):
        assert expected in text
    assert "这个月没有统计" in page("/environment/transmission?month=2026-01", client=client)


def test_other_bodies_see_nothing(outlet: Outlet) -> None:
    stranger = make_actor(*EVERYTHING, organisation=make_organisation())
    client = Client()
    client.cookies["onecity_session"] = open_session(stranger.account_id)
    excess = Excess.objects.get()
    for path in (
        f"/environment/enterprises/{outlet.enterprise_id}",
        f"/environment/outlets/{outlet.id}",
        f"/environment/excesses/{excess.id}",
    ):
        page(path, client=client, status=404)
    for path in ("/environment/enterprises", "/environment/excesses", "/environment/transmission"):
        assert "示意食品厂" not in page(path, client=client)
    assert (open_excesses(stranger, Period(excess.created_at, excess.created_at)).value) == 0


@pytest.mark.parametrize("path", ["enterprises", "excesses", "transmission", "enterprises/new"])
def test_passers_by_and_staff_without_the_right_are_kept_out(path: str) -> None:
    assert Client().get(f"/environment/{path}").status_code == 302
    assert staff().get(f"/environment/{path}").status_code == 403


def test_staff_enter_an_enterprise_its_outlet_a_limit_and_a_standstill(now: datetime) -> None:
    body = make_organisation()
    client = Client()
    client.cookies["onecity_session"] = open_session(make_actor(*EVERYTHING, organisation=body).account_id)
    page("/environment/enterprises/new", client=client)
    assert client.post("/environment/enterprises/new", {"uscc": "91", "name": "厂"}).status_code == 422
    given = {"uscc": made_up_code(), "name": "城南污水处理厂", "is_key": "on"}
    assert client.post("/environment/enterprises/new", given).status_code == 302
    enterprise = Enterprise.objects.get()
    device = make_device("environment.waste_water_outlet", now=now, organisation=body)
    key = iot.device_for(ALL, device).key
    path = f"/environment/enterprises/{enterprise.id}/outlets/new"
    page(path, client=client)
    outlet = {
        "device_key": key,
        "code": "DW001",
        "name": "总排口",
        "factors": ["ph", "cod"],
        "begun_at": "2026-03-01T00:00",
    }
    assert client.post(path, {**outlet, "factors": ["so2"]}).status_code == 422
    assert client.post(path, outlet).status_code == 302
    number = Outlet.objects.get().id
    limit = {
        "factor": "ph",
        "span": "hour",
        "basis": "measured",
        "upper": "9",
        "lower": "6",
        "valid_from": "2026-03-01",
        "source": "许可证",
    }
    page(f"/environment/outlets/{number}/limits/new", client=client)
    assert client.post(f"/environment/outlets/{number}/limits/new", limit).status_code == 302
    assert client.post(f"/environment/outlets/{number}/limits/new", limit).status_code == 422
    assert PermitLimit.objects.get().lower == 6
    stop = {"begins_at": "2026-03-09T00:00", "ends_at": "2026-03-09T08:00", "reason": "production"}
    page(f"/environment/outlets/{number}/standstills/new", client=client)
    assert (
        client.post(
            f"/environment/outlets/{number}/standstills/new", {**stop, "ends_at": "2026-03-08T08:00"}
        ).status_code
        == 422
    )
    assert client.post(f"/environment/outlets/{number}/standstills/new", stop).status_code == 302
    assert Standstill.objects.get().reason == "production"


def test_pages_speak_english(outlet: Outlet) -> None:
    client = staff(VIEW_OUTLETS)
    client.cookies["onecity_language"] = "en"
    text = page(f"/environment/outlets/{outlet.id}", client=client)
    assert "Chemical oxygen demand" in text
    assert "化学需氧量" not in text


def test_indicators_count_what_the_actor_may_see(now: datetime, outlet: Outlet) -> None:
    period = Period(now, now)
    assert open_excesses(ALL, period).value == 1
    assert excess_rows(ALL, period, 5).rows[0][1:4] == ["示意食品厂", "总排口", "化学需氧量"]
    assert transmission_rate(ALL, period).denominator == 6
    assert transmission_rows(ALL, period, 5).rows[0][2:] == [6, 4, 4, 66.7]
