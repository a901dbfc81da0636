"""The phone app of grid supervisors in a real browser: the network goes away, work goes on, and comes in once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test.testcases import LiveServerThread, _StaticFilesHandler
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.acceptance.person import PHONE
from tests.acceptance.pictures import photograph

from onecity.domains.urban_management.tests.factories import (
    DUST,
    INSIDE,
    Offices,
    end_task,
    make_city_case,
    make_offices,
    to_handling,
    waiting,
    walk,
)
from onecity.kernel.clock import city_now
from onecity.platform.cases.api import cases
from onecity.platform.cases.contracts import CaseFilter
from onecity.platform.identity.tests.factories import open_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class _Returning(ThreadedWSGIServer):
    """Takes the address that it had before, although the system still remembers old connections there."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "allow_reuse_address": True})


class _Thread(LiveServerThread):
    server_class = _Returning


class Server:
    """A web server that can be taken away and come back at the same address."""

    def __init__(self) -> None:
        self.port = 0
        self.thread: LiveServerThread | None = None

    def start(self) -> None:
        self.thread = _Thread("localhost", _StaticFilesHandler, port=self.port)
        self.thread.daemon = True
        self.thread.start()
        self.thread.is_ready.wait()
        assert self.thread.error is None
        self.port = self.thread.port

    def stop(self) -> None:
        assert self.thread is not None
        self.thread.terminate()
        connections.close_all()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    """A running web server."""
    made = Server()
    made.start()
    yield made
    made.stop()


def phone(browser: Browser, server: Server, offices: Offices) -> tuple[BrowserContext, Page]:
    longitude, latitude = INSIDE
    context = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]  # width and height
        locale="zh-CN",
        is_mobile=True,
        has_touch=True,
        geolocation={"longitude": longitude, "latitude": latitude},
        permissions=["geolocation"],
    )
    session = open_session(offices.supervisor.account_id)
    host = urlsplit(server.url).hostname
    context.add_cookies([{"name": "onecity_session", "value": session, "domain": str(host), "path": "/"}])
    page = context.new_page()
    page.goto(f"{server.url}/field/")
    page.locator('[data-kept="yes"]').wait_for()
    return context, page


def to_check(offices: Offices, now: datetime, title: str) -> str:
    number = make_city_case(offices, now=now, title=title)
    to_handling(offices, number, now=now)
    walk(offices, number, "done", "send", now=now)
    return number


def photo() -> dict[str, object]:
    return {"name": "site.jpg", "mimeType": "image/jpeg", "buffer": photograph("site")}


def check(page: Page, title: str, answer: str) -> None:
    card = page.locator(".field-task").filter(has_text=title)
    card.locator("summary").click()
    card.locator("input[type=file]").set_input_files([photo()])  # type: ignore[list-item]
    card.locator("textarea").fill("现场已恢复")
    card.get_by_role("button", name=answer, exact=True).click()


def report(page: Page, words: str) -> None:
    page.locator(".field-report summary").click()
    form = page.locator(".field-report form")
    form.locator("input[type=file]").set_input_files([photo()])  # type: ignore[list-item]
    form.get_by_role("button", name="定位").click()
    expect(form.locator("[name=longitude]")).not_to_have_value("")
    form.locator("[name=class_code]").select_option(DUST)
    form.locator("[name=description]").fill(words)
    form.get_by_role("button", name="上报").click()


def test_work_without_network_comes_in_once_and_conflicts_are_shown(browser: Browser, server: Server) -> None:
    offices, now = make_offices(), city_now()
    mine, lost = to_check(offices, now, "甲工地扬尘"), to_check(offices, now, "乙工地扬尘")
    context, page = phone(browser, server, offices)
    expect(page.locator(".field-task")).to_have_count(2)

    server.stop()  # the network is really gone: nothing answers any more
    context.set_offline(True)
    page.reload()
    expect(page.locator("[data-part=network]")).to_have_text("无网络，内容保存在手机上")
    expect(page.locator(".field-task")).to_have_count(2)
    page.get_by_role("button", name="记录轨迹").click()
    expect(page.locator("[data-part=walked]")).to_contain_text("1 个位置待传")
    check(page, "甲工地", "核查通过")
    check(page, "乙工地", "核查通过")
    report(page, "路边堆放渣土")
    expect(page.locator(".field-deed")).to_have_count(3)
    page.reload()  # what was done survives the page
    expect(page.locator(".field-deed")).to_have_count(3)
    expect(page.locator(".field-task")).to_have_count(0)
    assert waiting(mine, now=now) == ["check"]
    end_task(offices, lost, "fail", now=now, note="还有积尘")  # somebody else was there meanwhile

    server.start()
    context.set_offline(False)
    expect(page.locator("[data-part=network]")).to_have_text("已联网，已同步", timeout=60_000)
    refused = page.locator('.field-deed[data-state="refused"]')
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("乙工地扬尘")
    expect(page.locator("[data-part=count]")).to_have_text("0")
    assert waiting(mine, now=now) == ["close"]
    assert waiting(lost, now=now) == ["redo"]
    told = [row.title for row in cases(offices.acceptor, filters=CaseFilter(status="open")).rows]
    assert sum("渣土" in title for title in told) == 1
    refused.get_by_role("button", name="放弃").click()
    expect(page.locator(".field-deed")).to_have_count(0)
    context.close()
    assert now.tzinfo is UTC
