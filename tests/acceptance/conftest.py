"""A city that really runs, and a browser to walk through it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.acceptance.city import City, running_city

SPEED = 600.0


@pytest.fixture(scope="session")
def city(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Changchun on its real readings, from the afternoon before the smoke of 30 March 2020."""
    with running_city(tmp_path_factory.mktemp("city"), city="changchun", data=data, speed=SPEED) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium.

    Playwright keeps a loop running in this thread from here on, and Django would refuse to use the database beside it.
    The refusal is lifted only while the browser lives: elsewhere it is what sends the database's work to other threads.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium: ./onecity test installs it")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        opened = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        )
        yield opened
        opened.close()
