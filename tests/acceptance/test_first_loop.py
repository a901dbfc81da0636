"""The first closed loop, walked in a browser on real readings: from a station's frame to a closed and judged case."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import pytest
from playwright.sync_api import Browser, expect
from tests.acceptance.city import City
from tests.acceptance.person import DESK, PHONE, WALL, Person, arrive
from tests.acceptance.pictures import photograph

pytestmark = [pytest.mark.browser, pytest.mark.data]
# Where 食品厂 stands, the first station whose smoke lasts into the evening, and a street corner of the citizens.
STATION: Final = "食品厂"
ALARM: Final = f"{STATION}空气质量指数"  # outlets and meters of that name have alarms of their own
CORNER: Final = (125.3230, 43.8700)
SHOWN: Final = {("/air", PHONE["width"]), ("/map", DESK["width"])}  # in the README
Arrive = Callable[..., Person]


@pytest.fixture
def come(browser: Browser, city: City) -> Arrive:
    """Let somebody come to the city: `come("leader")`, `come(size=PHONE)`."""

    def by_name(user: str = "", size: dict[str, int] = DESK) -> Person:
        return arrive(browser, city.url, size=size, user=user, password=city.password)

    return by_name


def photo(name: str) -> dict[str, object]:
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": photograph(name)}


def test_reading_becomes_a_case_that_is_closed_and_judged(come: Arrive) -> None:
    """Path Sense, then path Act: frame, reading, index, alarm, case, seven stages, figures."""
    number = smoke_becomes_a_case(come)
    acceptor_files(come, number)
    dispatcher_sends(come, number)
    bureau_handles(come, number)
    supervisor_checks(come, number)
    duty_closes(come, number)
    leader_sees(come)


def smoke_becomes_a_case(come: Arrive) -> str:
    guide = come("duty")
    set_speed(guide, "600 倍")
    acceptor = come("acceptor")
    acceptor.go("/urban/desk")
    acceptor.sees_after_reloading(ALARM)
    set_speed(guide, "60 倍")
    acceptor.page.reload()
    acceptor.finds_no_barrier()
    acceptor.picture("desk")
    row = acceptor.page.get_by_role("row").filter(has_text=ALARM).first
    number = re.search(r"\d{19}", row.inner_text())
    assert number is not None
    guide.leave()
    acceptor.leave()
    return number.group()


def set_speed(guide: Person, name: str) -> None:
    guide.go("/demo/time")
    guide.page.get_by_role("button", name=name, exact=True).click()
    expect(guide.page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")


def acceptor_files(come: Arrive, number: str) -> None:
    acceptor = come("acceptor")
    page = acceptor.go(f"/urban/desk/{number}")
    expect(page.locator("[name=class_code] option:checked")).to_have_text("空气质量异常")
    page.wait_for_timeout(2500)  # tiles of the map
    acceptor.picture("filing")
    acceptor.finds_no_barrier()
    page.get_by_role("button", name="确认立案", exact=True).click()
    page.wait_for_url(re.compile(r"/urban/desk|/cases/"))
    acceptor.leave()


def dispatcher_sends(come: Arrive, number: str) -> None:
    dispatcher = come("dispatcher")
    page = dispatcher.go(f"/cases/{number}")
    page.get_by_role("button", name=re.compile("派遣给.*生态环境局")).click()
    dispatcher.sees("处置")
    dispatcher.leave()


def bureau_handles(come: Arrive, number: str) -> None:
    bureau = come("ecology")
    page = bureau.go("/tasks")
    bureau.finds_no_barrier()
    bureau.picture("tasks")
    page.get_by_role("link", name=re.compile(ALARM)).first.click()
    page.wait_for_url(re.compile(number))
    bureau.sees("办理经过")
    page.wait_for_timeout(1500)  # the drawing of the process
    bureau.picture("case", whole=True)
    bureau.finds_no_barrier()
    answer(bureau, "处置完毕", "已会同街道制止露天焚烧秸秆，现场明火扑灭")
    answer(bureau, "提交反馈", "附现场照片", files=[photo("extinguished")])
    bureau.leave()


def answer(person: Person, outcome: str, note: str, files: list[dict[str, object]] | None = None) -> None:
    """End the open task with an outcome, as its form asks."""
    way = person.page.locator("details.outcome").filter(has=person.page.locator("summary", has_text=outcome)).first
    if way.get_attribute("open") is None:
        way.locator("summary").first.click()
    words = way.locator("textarea").first
    if words.count():
        words.fill(note)
    if files:
        way.locator("input[type=file]").first.set_input_files(files)  # type: ignore[arg-type]
    way.get_by_role("button", name=re.compile("确认")).click()
    person.sees("办理完成")


def supervisor_checks(come: Arrive, number: str) -> None:
    supervisor = come("supervisor", size=PHONE)
    page = supervisor.go("/patrol")
    supervisor.picture("patrol")
    supervisor.finds_no_barrier()
    page.locator(f"a[href*='{number}']").first.click()
    supervisor.sees("现场照片")
    page.locator("input[type=file]").first.set_input_files([photo("checked")])  # type: ignore[list-item]
    page.wait_for_timeout(1500)
    supervisor.picture("check", whole=True)
    supervisor.finds_no_barrier()
    page.get_by_role("button", name="核查通过").click()
    page.wait_for_url(re.compile(r"/patrol$"))
    supervisor.leave()


def duty_closes(come: Arrive, number: str) -> None:
    duty = come("duty")
    duty.go(f"/cases/{number}")
    answer(duty, "结案", "现场已恢复")
    duty.go(f"/cases/{number}")
    duty.sees("已结案")
    duty.picture("closed", whole=True)
    duty.leave()


def leader_sees(come: Arrive) -> None:
    leader = come("leader", size=WALL)
    page = leader.go("/cockpit")
    leader.sees("在办案件")
    page.wait_for_timeout(5000)  # the map and its live layers
    leader.picture("cockpit")
    leader.finds_no_barrier()
    page.go_back()
    leader.go("/indicators")
    leader.sees("空气质量指数")
    leader.leave()


def report(citizen: Person, words: str, *, place: tuple[float, float], address: str) -> tuple[str, str]:
    """Report a problem by photo, position and words; returns number and code."""
    page = citizen.go("/report")
    page.locator("input[type=file]").first.set_input_files([photo("problem")])  # type: ignore[list-item]
    page.locator("[data-position-degrees]:not([open])").wait_for()  # the script folds it when it has taken over
    page.get_by_text("按经纬度填写").click()
    page.fill("[name=longitude]", str(place[0]))
    page.fill("[name=latitude]", str(place[1]))
    page.fill("[name=address]", address)
    page.fill("[name=description]", words)
    page.fill("[name=reporter_phone]", "13904310000")
    page.fill("[name=reporter_name]", "刘先生")
    page.check("[name=consent]")
    citizen.finds_no_barrier()
    citizen.picture("report", whole=True)
    page.get_by_role("button", name="提交上报").click()
    page.wait_for_url(re.compile(r"/report/\d{19}"))
    number, code = page.locator("dd.look-code").all_inner_texts()[:2]
    citizen.picture("followed", whole=True)
    return number, code


def test_citizens_report_the_same_hole_and_the_acceptor_merges(come: Arrive) -> None:
    first = come(size=PHONE)
    number, _ = report(first, "人民大街路口井盖破损，夜间很危险", place=CORNER, address="人民大街与解放大路交会处")
    second = come(size=PHONE)
    beside = (CORNER[0] + 0.0003, CORNER[1])
    again, code = report(second, "路口井盖坏了", place=beside, address="解放大路路口")
    acceptor = come("acceptor")
    page = acceptor.go(f"/urban/desk/{again}")
    acceptor.sees("疑似重复")
    acceptor.sees("井盖破损")
    acceptor.picture("duplicates")
    page.locator("details.desk-merge summary").first.click()
    page.get_by_role("button", name="确认合并").first.click()
    page.wait_for_load_state()
    acceptor.leave()
    second.go(f"/report/{again}")
    second.sees("已合并办理")
    assert code.strip()
    assert "13904310000" not in second.page.content()
    stranger = come(size=PHONE)
    stranger.page.goto(f"{stranger.url}/report/{number}")
    assert "井盖破损" not in stranger.page.content()
    for person in (first, second, stranger):
        person.context.close()


def test_case_that_nobody_takes_turns_yellow_then_red(come: Arrive) -> None:
    """Acceptance has 15 minutes of the city, the last 3 under warning: only at a slow speed can a page see them."""
    guide = come("duty")
    set_speed(guide, "10 倍")
    citizen = come(size=PHONE)
    number, _ = report(citizen, "公园长椅损坏", place=(125.3400, 43.8800), address="公园东门")
    citizen.leave()
    light(guide, number, "正常")
    since = city_now(guide)
    set_speed(guide, "60 倍")
    while city_now(guide) - since < timedelta(minutes=6):
        guide.page.wait_for_timeout(500)
        guide.page.reload()
    set_speed(guide, "10 倍")
    light(guide, number, "预警")
    set_speed(guide, "60 倍")
    light(guide, number, "超时")
    guide.leave()


def city_now(person: Person) -> datetime:
    """Return the city's time as the page in hand shows it."""
    return datetime.fromisoformat(person.page.locator("[data-now]").first.get_attribute("data-now") or "")


def light(person: Person, number: str, name: str) -> None:
    """Wait until a case's light has come as far as `name`."""
    person.go(f"/cases/{number}")
    for _ in range(150):
        if person.page.locator(".page-title .badge").filter(has_text=name).count():
            return
        person.page.wait_for_timeout(500)
        person.page.reload()
    raise AssertionError(f"{number} never showed {name}")


def test_spoilt_frames_lie_in_the_quarantine_with_their_reason(come: Arrive) -> None:
    operator = come("iot")
    operator.go("/iot/quarantine")
    operator.sees_after_reloading("校验")
    operator.picture("quarantine")
    operator.finds_no_barrier()
    operator.go("/iot/devices")
    operator.sees(STATION)
    operator.picture("devices")
    operator.finds_no_barrier()
    operator.leave()


@pytest.mark.parametrize(
    ("user", "path"),
    [
        ("", "/"),
        ("", "/air"),
        ("duty", "/map"),
        ("", "/open"),
        ("duty", "/workbench"),
        ("duty", "/cases"),
        ("duty", "/urban/supervision"),
        ("duty", "/indicators"),
        ("", "/water"),
        ("", "/noise"),
        ("iot", "/iot/alarms"),
        ("iot", "/iot/explorer"),
        ("iot", "/iot/linkage/new"),
        ("iot", "/iot/types"),
        ("integrator", "/iot/subscriptions"),
        ("metering", "/metering"),
        ("ecology", "/environment/stations"),
        ("process", "/case-types"),
        ("process", "/work-calendar"),
        ("mapkeeper", "/divisions"),
        ("sysadmin", "/accounts"),
        ("sysadmin", "/organisations"),
        ("secadmin", "/roles"),
        ("secadmin", "/grants"),
        ("secadmin", "/clients"),
        ("auditor", "/audit"),
    ],
)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_page_keeps_nobody_out_and_speaks_english_at_a_click(
    come: Arrive, user: str, path: str, size: dict[str, int]
) -> None:
    person = come(user, size)
    page = person.go(path)
    page.wait_for_timeout(1500)
    if (path, size["width"]) in SHOWN:
        person.picture(path.strip("/"))
    person.finds_no_barrier()
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0, f"{path} is {wider} pixels wider than the screen"
    page.get_by_role("button", name="English").first.click()
    page.wait_for_load_state()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    person.leave()
