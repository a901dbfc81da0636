"""What a call-taker does with a demand that was taken in: pass it on, answer it, refuse it, or join it to another."""

from datetime import datetime

from django.db import transaction

from onecity.domains.hotline.models import ArticleUse, ArticleVersion, Demand
from onecity.domains.hotline.permissions import ACCEPT, DISPATCH
from onecity.domains.hotline.selectors.settings import is_topic, reason
from onecity.domains.hotline.services.knowledge import note_use
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.api import case, complete_task, merge_cases
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer, TaskInfo
from onecity.platform.identity.api import record


def pass_on(
    actor: Actor, *, number: str, topic_code: str, organisation_id: int | None, note: str = "", now: datetime
) -> CompletedTask:
    """Accept a demand under a topic and, for whoever may, send it to its body at once. now: city time.

    Raises: NotFound where nothing waits to be accepted; Invalid naming the field; what `complete_task` raises.
    """
    if not is_topic(topic_code):
        raise Invalid(fields={"topic_code": zh("请选择诉求分类")})
    with transaction.atomic():
        _set_topic(actor, number=number, topic_code=topic_code, now=now)
        task = _waiting(actor, number=number, node="accept", now=now)
        done = complete_task(actor, task_id=task.id, answer=TaskAnswer("dispatch", note), now=now)
        if organisation_id is not None and actor.may(DISPATCH):
            return send(actor, number=number, organisation_id=organisation_id, now=now)
    return done


def send(actor: Actor, *, number: str, organisation_id: int, note: str = "", now: datetime) -> CompletedTask:
    """Send an accepted demand to the body that is to handle it.

    Raises: NotFound where nothing waits to be sent; what `complete_task` raises.
    """
    task = _waiting(actor, number=number, node="dispatch", now=now)
    answer = TaskAnswer("assign", note, organisation_id=organisation_id)
    return complete_task(actor, task_id=task.id, answer=answer, now=now)


def answer_directly(actor: Actor, *, number: str, text: str, version_id: int | None, now: datetime) -> CompletedTask:
    """Answer a demand on the line and close it. version_id: the published article that was read out, or None.

    Raises: NotFound; Invalid naming the field; what `complete_task` raises.
    """
    if not text.strip():
        raise Invalid(fields={"note": zh("请写明答复内容")})
    with transaction.atomic():
        task = _waiting(actor, number=number, node="accept", now=now)
        done = complete_task(actor, task_id=task.id, answer=TaskAnswer("answer", text.strip()), now=now)
        if version_id is not None:
            note_use(version_id, case_id=done.case_id, now=now)
        Demand.objects.filter(number=number).update(
            answered_directly=True, reply=text.strip(), replied_at=now, responded_at=now
        )
    return done


def refuse(actor: Actor, *, number: str, reason_code: str, note: str = "", now: datetime) -> CompletedTask:
    """Refuse a demand for one of the reasons on the list, which are told to the citizen.

    Raises: NotFound; Invalid for a reason that is not on the list; what `complete_task` raises.
    """
    known = reason(reason_code)
    if known is None:
        raise Invalid(fields={"reason_code": zh("请选择不予受理的理由")})
    text = "。".join(part for part in (known.name, known.advice, note.strip()) if part)
    with transaction.atomic():
        node = "register" if _is_petition(actor, number, now=now) else "accept"
        task = _waiting(actor, number=number, node=node, now=now)
        done = complete_task(actor, task_id=task.id, answer=TaskAnswer("refuse", text), now=now)
        Demand.objects.filter(number=number).update(refusal_code=reason_code)
    return done


def join(actor: Actor, *, number: str, into: str, reason_text: str = "", now: datetime) -> None:
    """Let a demand go on as another one that tells of the same thing.

    Raises: NotFound; NotPermitted; what `merge_cases` raises.
    """
    away, other = case(actor, number, now=now), case(actor, into, now=now)
    merge_cases(
        actor,
        away_id=away.row.id,
        into_id=other.row.id,
        reason=reason_text.strip() or zh("反映同一问题，合并办理"),
        now=now,
    )


def change_topic(actor: Actor, *, number: str, topic_code: str, now: datetime) -> None:
    """Put a demand under another topic.

    Raises: NotPermitted; Invalid; NotFound.
    """
    if not is_topic(topic_code):
        raise Invalid(fields={"topic_code": zh("请选择诉求分类")})
    with transaction.atomic():
        _set_topic(actor, number=number, topic_code=topic_code, now=now)


def used_article(number: str) -> ArticleVersion | None:
    """Return the article that was read out to answer a demand."""
    found = ArticleUse.objects.filter(case__number=number).select_related("version").first()
    return found.version if found else None


def _is_petition(actor: Actor, number: str, *, now: datetime) -> bool:
    return case(actor, number, now=now).row.type_code == "hotline.petition"


def _set_topic(actor: Actor, *, number: str, topic_code: str, now: datetime) -> None:
    if not actor.may(ACCEPT):
        raise NotPermitted
    case(actor, number, now=now)  # NotFound for whoever may not know of it
    row = Demand.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound(zh("没有这件诉求"))
    if row.topic_code == topic_code:
        return
    before, row.topic_code, row.updated_at = row.topic_code, topic_code, now
    row.save(update_fields=["topic_code", "updated_at"])
    details = {"number": number, "from": before, "to": topic_code}
    record(actor, action="hotline.change_topic", target=f"cases.case:{row.case_id}", details=details)


def _waiting(actor: Actor, *, number: str, node: str, now: datetime) -> TaskInfo:
    found = case(actor, number, now=now)
    task = next((item for item in found.tasks if item.state == "open" and item.node == node), None)
    if task is None:
        raise NotFound(zh("该诉求没有等待办理的这一环节"))
    return task
