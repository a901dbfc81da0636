"""Pages of the macro-economic register."""

import html
import re
from decimal import Decimal
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.platform.registers.models import EconomicSeries, EconomicTable, EconomicValue
from onecity.platform.registers.permissions import MAINTAIN_ECONOMY, VIEW_ECONOMY
from onecity.platform.registers.tests.browsing import browser, text_of_page
from onecity.platform.registers.tests.economy_factories import (
    CHAOYANG,
    CITY,
    LATE,
    Y2022,
    make_places,
    make_series,
    make_value,
)
from onecity.platform.registers.tests.test_economy_files import book

pytestmark = pytest.mark.django_db
TAKE = "/registers/economy/tables/new"


@pytest.fixture
def office() -> Organisation:
    """The statistics office."""
    make_places()
    return make_organisation("统计局")


@pytest.fixture
def staff(office: Organisation) -> Client:
    """A statistician's browser."""
    return browser(make_actor(VIEW_ECONOMY, MAINTAIN_ECONOMY, organisation=office))


def upload(client: Client, lines: list[list[object]], *, name: str = "表.xlsx") -> str:
    response = client.post(TAKE, {"file": SimpleUploadedFile(name, book(lines))})
    return str(response.content.decode())


def sent_back(page: str, **changes: str) -> dict[str, str]:
    """Return what the preview's form would send."""
    fields = {"grid": html.unescape(re.findall(r'<textarea name="grid" hidden>(.*?)</textarea>', page, re.DOTALL)[0])}
    fields["grid"] = fields["grid"].lstrip("\n")
    fields |= {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen[0] if chosen else ""
    for name in ("csrfmiddlewaretoken", "again", "take"):
        fields.pop(name, None)
    return fields | changes


def test_series_are_listed_and_searched_by_other_names(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    EconomicSeries.objects.update(aliases=["GDP"])
    assert "地区生产总值" in text_of_page(staff, "/registers/economy")
    assert "地区生产总值" in text_of_page(staff, "/registers/economy?q=GDP")
    assert "还没有定义经济指标" in text_of_page(staff, "/registers/economy?q=人口")
    assert "还没有定义经济指标" in text_of_page(staff, "/registers/economy?kind=stock")


def test_series_page_shows_figures_chart_and_the_way_to_each_publication(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    make_value("6744.56", period=Y2022)
    make_value("7002.06")
    page = text_of_page(staff, "/registers/economy/series/gdp")
    assert "7,002.06" in page
    assert "2022年" in page
    assert 'data-controller="chart"' in page
    history = text_of_page(staff, f"/registers/economy/series/gdp/history?division={CITY}&period=2023")
    assert "初步核算数" in history


def test_series_page_without_figures_says_so(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    assert "没有符合条件的数值" in text_of_page(staff, "/registers/economy/series/gdp")


def test_divisions_are_compared_and_exported(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    for division, before, now in ((CITY, "100", "110"), (CHAOYANG, "50", "40")):
        make_value(before, division=division, period=Y2022)
        make_value(now, division=division)
    address = f"/registers/economy/series/gdp?division={CITY}&division={CHAOYANG}"
    page = text_of_page(staff, f"{address}&measure=year_on_year")
    assert "10.0" in page
    assert "-20.0" in page
    response = staff.get(f"{address}&format=csv")
    assert response.getvalue().decode("utf-8-sig").splitlines() == [
        "地区,2022年,2023年", "试验市,100.0,110.0", "朝阳区,50.0,40.0",
    ]  # fmt: skip


def test_page_shows_what_was_known_on_a_day(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    make_value("7002.06")
    make_value("7100.50", published_on=LATE, stage="final")
    assert "7,100.50" in text_of_page(staff, "/registers/economy/series/gdp")
    page = text_of_page(staff, "/registers/economy/series/gdp?known_on=2024-02-01")
    assert "7,002.06" in page
    assert "7,100.50" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/registers/economy/series/nothing",
        "/registers/economy/series/gdp?known_on=yesterday",
        "/registers/economy/series/gdp/history?division=220100&period=never",
        "/registers/economy/series/gdp/history?division=220100&period=1999",
        "/registers/economy/tables/0",
    ],
)
def test_what_does_not_exist_is_not_found(staff: Client, office: Organisation, address: str) -> None:
    make_series(organisation=office)
    assert staff.get(address).status_code == HTTPStatus.NOT_FOUND


def test_figures_that_do_not_fit_are_pointed_out(staff: Client, office: Organisation) -> None:
    make_series("all", "总量", organisation=office, parts_are_complete=True)
    make_series("a", "甲", organisation=office, whole="all")
    make_value("100", series="all")
    make_value("99", series="a")
    page = text_of_page(staff, "/registers/economy/series/all")
    assert "分项合计与总量不符" in page
    assert "总量100.00，合计99.00" in page


def test_series_is_defined_and_changed(staff: Client, office: Organisation) -> None:
    given = {
        "code": "gdp", "name": "地区生产总值", "aliases": "GDP；生产总值", "kind": "flow",
        "unit": "亿元", "decimals": "2",
        "organisation_id": str(office.id), "whole": "", "definition": "按市场价格计算",
    }  # fmt: skip
    assert staff.post("/registers/economy/new", given).headers["Location"] == "/registers/economy/series/gdp"
    assert EconomicSeries.objects.get().aliases == ["GDP", "生产总值"]
    change = "/registers/economy/series/gdp/change"
    assert "按市场价格计算" in text_of_page(staff, change)
    assert staff.post(change, given | {"name": "生产总值"}).status_code == HTTPStatus.FOUND
    assert EconomicSeries.objects.get().name == "生产总值"


def test_bad_definition_is_told_beside_its_field(staff: Client, office: Organisation) -> None:
    given = {"code": "gdp", "name": "x", "kind": "flow", "unit": "斗", "decimals": "2", "organisation_id": office.id}
    response = staff.post("/registers/economy/new", given)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "没有计量单位“斗”" in response.content.decode()
    make_series("gdp", organisation=office)
    response = staff.post("/registers/economy/series/gdp/change", given)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_figure_is_typed_in(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    address = "/registers/economy/series/gdp/record"
    given = {"division": CITY, "period": "2023年", "value": "7,002.06", "stage": "final", "published_on": "2024-01-20"}
    assert staff.post(address, given).status_code == HTTPStatus.FOUND
    assert "与现行数相同" in staff.post(address, given, follow=True).content.decode()
    assert EconomicValue.objects.count() == 1
    for field, value, told in (
        ("period", "某年", "无法识别报告期"), ("value", "很多", "不是数值"), ("value", " ", "必填"),
        ("published_on", "2099-01-01", "不能晚于今天"),
    ):  # fmt: skip
        response = staff.post(address, given | {field: value})
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert told in response.content.decode()


def test_table_is_looked_at_taken_and_withdrawn(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    lines: list[list[object]] = [
        ["表1 主要指标"], ["单位：万元"], ["指标", "2022年", "2023年"], ["一、地区生产总值", 67_445_600, "70,020,600①"],
    ]  # fmt: skip
    page = upload(staff, lines)
    assert "全部读懂，将入库 2 个数值" in page
    assert "7,002.06" in page
    assert not EconomicTable.objects.exists()
    response = staff.post(TAKE, sent_back(page, take="1"), follow=True)
    assert "已入库2个数值" in response.content.decode()
    table = EconomicTable.objects.get()
    assert EconomicValue.objects.get(period_year=2023).value == Decimal("7002.06")
    shown = text_of_page(staff, f"/registers/economy/tables/{table.id}")
    assert "C4" in shown
    assert "表1 主要指标" in text_of_page(staff, "/registers/economy/tables?q=主要&state=taken")
    staff.post(f"/registers/economy/tables/{table.id}/withdraw", {"reason": "口径有误"})
    assert not EconomicValue.objects.filter(is_current=True).exists()


def test_same_table_again_is_told_to_be_known(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    page = upload(staff, [["指标", "2023年"], ["地区生产总值", 1]])
    staff.post(TAKE, sent_back(page, take="1"))
    response = staff.post(TAKE, sent_back(page, take="1"))
    assert "已经导入过" in response.content.decode()


def test_unknown_row_offers_series_and_takes_the_choice(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    page = upload(staff, [["指标（亿元）", "2023年", "占比"], ["地区生产总值GDP", 1, 2], ["幸福指数", 3, 4]])
    assert "有 2 处无法入库" in page
    assert "不入库的列" in page
    again = staff.post(TAKE, sent_back(page, row_2="gdp", row_3="-")).content.decode()
    assert "将入库 1 个数值" in again
    staff.post(TAKE, sent_back(again, take="1"))
    assert [row.value for row in EconomicValue.objects.all()] == [Decimal(1)]


def test_table_at_fault_is_never_taken(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    page = upload(staff, [["指标", "2023年"], ["地区生产总值", "若干"]])
    assert "不是数值" in page
    response = staff.post(TAKE, sent_back(page, take="1"))
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not EconomicTable.objects.exists()


def test_growth_that_the_table_tells_is_checked(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    lines: list[list[object]] = [["指标", "2022年", "2023年", "增长（%）"], ["地区生产总值", 100, 110, 3.0]]
    page = upload(staff, lines)
    assert "勾稽关系提示" in page
    assert "表列3.00，按数值计算为10.00" in page


def test_rows_that_are_divisions_are_recognised(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    page = upload(staff, [["分县（区）地区生产总值"], ["地区", "2023年"], ["全市", 3], ["朝阳区", 1], ["南关区", 2]])
    assert "将入库 3 个数值" in page
    staff.post(TAKE, sent_back(page, take="1"))
    assert set(EconomicValue.objects.values_list("division_code", flat=True)) == {CITY, CHAOYANG, "220102"}


def test_reading_without_its_division_is_told(staff: Client, office: Organisation) -> None:
    make_series(organisation=office)
    page = upload(staff, [["指标", "2023年"], ["地区生产总值", 1]])
    response = staff.post(TAKE, sent_back(page, division="", take="1"))
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "请选择" in response.content.decode()


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", "没有,报告期\n".encode()])
def test_file_without_a_table_is_refused(staff: Client, raw: bytes) -> None:
    response = staff.post(TAKE, {"file": SimpleUploadedFile("x.csv", raw)})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_reader_may_look_and_not_write(office: Organisation) -> None:
    make_series(organisation=office)
    client = browser(make_actor(VIEW_ECONOMY, organisation=office))
    assert "录入数值" not in text_of_page(client, "/registers/economy/series/gdp")
    assert TAKE not in text_of_page(client, "/registers/economy/tables")
    for address in (TAKE, "/registers/economy/new", "/registers/economy/series/gdp/record"):
        assert client.get(address).status_code == HTTPStatus.FORBIDDEN
