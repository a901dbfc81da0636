"""The first closed loop, walked in a browser on real readings: from a station's frame to a closed and judged case."""

import re
from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Browser, expect
from tests.acceptance.city import City
from tests.acceptance.person import DESK, PHONE, WALL, Person, arrive
from tests.acceptance.pictures import photograph

pytestmark = [pytest.mark.browser, pytest.mark.data]
# Where 食品厂 stands, the first station whose smoke lasts into the evening, and a street corner of the citizens.
STATION: Final = "食品厂"
CORNER: Final = (125.3230, 43.8700)
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
    guide.go("/demo/time")
    guide.sees("600 倍")
    acceptor = come("acceptor")
    acceptor.go("/urban/desk")
    acceptor.sees_after_reloading(f"{STATION}空气质量指数")
    set_speed(guide, "60 倍")
    acceptor.page.reload()
    acceptor.finds_no_barrier()
    acceptor.picture("desk")
    row = acceptor.page.get_by_role("row").filter(has_text=STATION).first
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
    page.get_by_role("link", name=re.compile(STATION)).first.click()
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
