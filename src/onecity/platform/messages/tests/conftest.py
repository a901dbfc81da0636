"""Templates of the tests' own."""

import pytest

from onecity.kernel.registry import Registry
from onecity.platform.messages import selectors
from onecity.platform.messages.declare import Template
from onecity.platform.messages.services import reading, sending

TOLD = "test.told"
ALARM = "test.alarm"


@pytest.fixture(autouse=True)
def own_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare an ordinary template and an urgent one."""
    registry = Registry(Template)
    ordinary = Template(TOLD, "任务提醒", "案件 {number} 待{stage}", "截止时间 {deadline}，请及时处理")
    registry.add(ordinary, owner="test")
    registry.add(Template(ALARM, "紧急报警", "{place} 发生报警", "", urgent=True), owner="test")
    for module in (selectors, reading, sending):
        monkeypatch.setattr(module, "templates", lambda: registry)
