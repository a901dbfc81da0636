"""The smallest valid objects of the case engine, for its own tests and its neighbours'."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count

from onecity.kernel.actor import Actor, system_actor
from onecity.platform.cases.contracts import NewCase, OpenedCase
from onecity.platform.cases.models import Task
from onecity.platform.cases.selectors.remembered import forget_all
from onecity.platform.cases.services.opening import open_case
from onecity.platform.cases.services.types import create_type, publish, save_draft
from onecity.platform.cases.tests.diagrams import COMPLAINT
from onecity.platform.identity.tests.factories import Organisation

DIVISION = "220102001002003"
SETTINGS: Mapping[str, object] = {
    "stages": [
        {"code": "accept", "name": "受理"},
        {"code": "handle", "name": "处置"},
        {"code": "check", "name": "核查"},
    ],
    "limits": {
        "accept": {"amount": "0.5", "unit": "urgent_hour"},
        "handle": {"amount": "2", "unit": "urgent_hour", "warn": "0.5"},
        "check": {"amount": "4", "unit": "work_hour"},
        "whole": {"amount": "1", "unit": "natural_day"},
    },
    "case_limit": "whole",
    "data": [{"code": "depth", "name": "深度", "kind": "number"}],
}
_numbers = count(1)


def make_type(process: str = COMPLAINT, *, code: str = "", now: datetime, **settings: object) -> str:
    """Publish a type; returns its code."""
    code = code or f"tests.type{next(_numbers)}"
    author = system_actor("test")
    create_type(author, code=code, name="测试事项")
    draft = save_draft(author, type_code=code, process=process, settings={**SETTINGS, **settings}, now=now)
    publish(author, version_id=draft.id, now=now)
    forget_all()
    return code


def make_case(
    type_code: str, *, organisation: Organisation, now: datetime, actor: Actor | None = None, **facts: object
) -> OpenedCase:
    """Open a case."""
    given: dict[str, object] = {"title": "井盖破损", "division_code": DIVISION, **facts}
    new = NewCase(type_code=type_code, organisation_id=organisation.id, **given)  # type: ignore[arg-type]  # test data
    return open_case(actor or system_actor("test"), new=new, now=now)


def waiting_task(case_id: int, node: str = "") -> Task:
    """Return a case's waiting task; the one of `node` where several wait."""
    rows = Task.objects.filter(case_id=case_id, state=Task.State.OPEN)
    return rows.get(node=node) if node else rows.get()
