"""What tests of requests share: a type's requests, asking, deciding, and what people were told."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from onecity.kernel.actor import Actor, system_actor
from onecity.platform.cases.contracts import NewRequest, OpenedCase, TaskAnswer
from onecity.platform.cases.models import Entry, Request, Task
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.requests.asking import ask
from onecity.platform.cases.tests.factories import SETTINGS
from onecity.platform.messages.api import inbox

SYSTEM = system_actor("test")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIMITS = {**SETTINGS["limits"], "consent": {"amount": "4", "unit": "urgent_hour"}}  # type: ignore[dict-item]  # a mapping
REQUESTS: list[Mapping[str, object]] = [
    {
        "code": "delay", "name": "延期申请", "kind": "postpone", "approver": "cases.supervise", "limit": "consent",
        "most": 2, "longest": "6 urgent_hour", "tasks": ["handle"],
    },
    {
        "code": "shelve", "name": "挂账申请", "kind": "suspend", "approver": "cases.supervise", "limit": "consent",
        "longest": "90 natural_day", "reasons": [["season", "季节原因"], ["project", "纳入工程计划"]],
    },
    {
        "code": "wrong", "name": "退回申请", "kind": "return", "approver": "cases.supervise", "limit": "consent",
        "most": 1, "within": "1 urgent_hour", "tasks": ["handle"], "outcome": "return",
    },
    {"code": "force", "name": "强制结案申请", "kind": "force_close", "approver": "cases.supervise", "limit": "consent",
     "asker": "cases.answer"},
    {"code": "again", "name": "重新办理申请", "kind": "reopen", "approver": "cases.supervise", "limit": "consent",
     "asker": "cases.answer", "within": "10 natural_day", "target": "handle", "most": 1},
]  # fmt: skip


def wish(opened: OpenedCase, code: str, *, actor: Actor, now: datetime, **facts: object) -> int:
    task = Task.objects.filter(case_id=opened.id, state="open", node="handle").first()
    given: dict[str, object] = {"reason": "雨天不能施工", "task_id": task.id if task else None, **facts}
    return ask(actor, new=NewRequest(opened.id, code, **given), now=now).id  # type: ignore[arg-type]  # test data


def answer(request: int, outcome: str, *, actor: Actor, now: datetime, note: str = "") -> tuple[str, ...]:
    approval = Request.objects.get(id=request).approval_id
    assert approval is not None
    return complete_task(actor, task_id=approval, answer=TaskAnswer(outcome, note), now=now).opened


def kinds(case_id: int) -> list[str]:
    return list(Entry.objects.filter(case_id=case_id).order_by("id").values_list("kind", flat=True))


def told(actor: Actor, template: str) -> int:
    """Return how many messages of a kind an account has got."""
    return len(inbox(actor, template=template, size=100).rows)
