"""Somebody at a browser: signs in, looks, fills in, takes pictures of what he sees."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

AXE: Final = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"
DESK: Final = {"width": 1366, "height": 850}
PHONE: Final = {"width": 390, "height": 844}
WALL: Final = {"width": 1920, "height": 1080}
WAIT_MS: Final = 60_000
# What Chromium says by itself of its software renderer; everything else on the console is a fault of ours.
HARMLESS: Final = re.compile(r"GL Driver Message|WebGL|autocomplete attributes|Automatic fallback to software")
# axe's rules for WCAG 2.1 A and AA.
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")


@dataclass(slots=True)
class Person:
    """One person with a browser of his own. said: what the console complained of."""

    page: Page
    context: BrowserContext
    url: str
    said: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of the city and wait until it is quiet; it must answer well."""
        response = self.page.goto(f"{self.url}{path}")
        assert response is not None
        assert response.ok, f"{path}: {response.status}"
        return self.page

    def sees(self, text: str, *, within_ms: float = WAIT_MS) -> None:
        """Wait until a text is on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=within_ms)

    def sees_after_reloading(self, text: str, *, times: int = 120) -> None:
        """Look at the page again and again until a text is on it."""
        for _ in range(times):
            if self.page.get_by_text(text).count():
                return
            self.page.wait_for_timeout(1000)
            self.page.reload()
        raise AssertionError(f"{text!r} never came to {self.page.url}")

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Keep a picture for the README, when asked to by ONECITY_PICTURES=1."""
        if os.environ.get("ONECITY_PICTURES"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)

    def finds_no_barrier(self) -> None:
        """Let axe look at the page as it is: nothing may keep anybody out."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("rules => axe.run({runOnly: rules})", list(RULES))
        barriers = _barriers(found["violations"])
        assert barriers == [], f"{self.page.url}: {barriers}"

    def leave(self) -> None:
        """Close the browser; nothing may have been complained of."""
        self.context.close()
        assert self.said == []


def _barriers(violations: Sequence[dict[str, object]]) -> list[str]:
    found = []
    for item in violations:
        nodes = item["nodes"]
        assert isinstance(nodes, list)
        found.append(f"{item['id']}: {nodes[0]['html'][:200]}")
    return found


def arrive(browser: Browser, url: str, *, size: dict[str, int] = DESK, user: str = "", password: str = "") -> Person:
    """Open a browser for somebody, signed in when `user` is given."""
    context = browser.new_context(viewport=size, locale="zh-CN", is_mobile=size is PHONE, has_touch=size is PHONE)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    person = Person(page, context, url)

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not HARMLESS.search(message.text):
            person.said.append(f"{page.url}: {message.text}")

    page.on("console", listen)
    page.on("pageerror", lambda error: person.said.append(f"{page.url}: {error}"))
    if user:
        page.goto(f"{url}/sign-in")
        page.fill("[name=username]", user)
        page.fill("[name=password]", password)
        page.click("form button.btn-primary")
        page.wait_for_url(re.compile(r"^(?!.*/sign-in)"))
    return person
