"""Reading diagrams in tests: what is known, what is wrong."""

from onecity.platform.cases.process.checks import Known, faults_of
from onecity.platform.cases.process.reading import Reading
from onecity.platform.cases.rules.settings import TypeSettings, read_settings
from onecity.platform.cases.tests.diagrams import end, process, start, user

KNOWN = Known(
    permissions=frozenset({"cases.answer"}),
    actions={"cases.set_value": ("name", "value")},
    functions={"outcome_of": 1},
)


def settings() -> TypeSettings:
    read, faults = read_settings(
        {
            "stages": [{"code": code, "name": code} for code in ("accept", "handle", "check", "a", "b", "c")],
            "limits": {name: {"amount": "1", "unit": "work_day"} for name in ("accept", "handle", "check")},
            "data": [{"code": "depth", "name": "深度", "kind": "number"}],
        }
    )
    assert faults == []
    return read


def faults(xml: str) -> dict[str, str]:
    """Return what is wrong with a diagram, by element."""
    reading = Reading(xml)
    found = list(reading.faults)
    if reading.diagram:
        found += faults_of(reading.diagram, settings=settings(), known=KNOWN)
    return {fault.element: fault.text() for fault in found}


def one_step(*nodes: str, flows: str = "start > a\na > end") -> str:
    return process(start(), *(nodes or (user("a", "办理", "ok:好"),)), end(), flows=flows)
