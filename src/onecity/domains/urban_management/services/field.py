"""Taking in what phones send: each thing once under the phone's key, refusals kept for the phone to show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from onecity.domains.urban_management.contracts import NewReport
from onecity.domains.urban_management.models import Submission, TrackPoint
from onecity.domains.urban_management.permissions import CHECK
from onecity.domains.urban_management.rules.walking import MOST_POINTS, OLDEST, on_earth
from onecity.domains.urban_management.selectors.field_work import FIELD_NODES
from onecity.domains.urban_management.services.reporting import report_from_patrol
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted, OneCityError
from onecity.kernel.text import zh
from onecity.platform.cases.api import case, complete_with_files
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.documents.contracts import Upload
from onecity.platform.identity.api import record

LONGEST_KEY = 60


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done on a phone. kind: report, or check (also a look before filing). ago: since it was done.

    number, task_id, outcome, note: of a check. report: of a report; its key is the deed's.
    """

    key: str
    kind: str
    ago: timedelta
    report: NewReport | None = None
    number: str = ""
    task_id: int = 0
    outcome: str = ""
    note: str = ""
    uploads: Sequence[Upload] = field(default=())


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a deed. reason: why it was refused, for the person to read."""

    done: bool
    number: str
    reason: str


def take(actor: Actor, *, deed: Deed, now: datetime) -> Taken:
    """Take a deed in, once: the same key again tells what became of it. now: city time.

    What the rules refuse (somebody else was faster, told twice, outside the city) is kept as refused and stays so under
    this key; what only a passing fault prevents is raised, and the phone sends it again.
    Raises: NotPermitted; Invalid for a broken key; Unavailable.
    """
    if not actor.may(CHECK):
        raise NotPermitted
    if not deed.key or len(deed.key) > LONGEST_KEY:
        raise Invalid(fields={"key": zh("缺少提交标识，请刷新页面后重试")})
    with transaction.atomic():
        _one_at_a_time(actor, deed.key)
        known = Submission.objects.filter(account_id=actor.account_id, key=deed.key).first()
        if known is not None:
            return _told(known)
        done_at = now - max(timedelta(), min(deed.ago, OLDEST))
        row = Submission(
            account_id=actor.account_id,
            organisation_id=actor.organisation_id,
            key=deed.key,
            kind=deed.kind[:12],
            done_at=done_at,
            created_at=now,
        )
        try:
            with transaction.atomic():
                row.number = _do(actor, deed, now=now)
            row.outcome = Submission.Outcome.DONE
        except (Invalid, Conflict, NotFound, NotPermitted) as refusal:
            row.outcome, row.number = Submission.Outcome.REFUSED, deed.number[:19]
            row.reason = _sentence(refusal)[:300]
        row.save()
        details = {"kind": row.kind, "outcome": row.outcome, "number": row.number}
        record(actor, action="urban_management.take_submission", details=details)
    return _told(row)


def keep_points(actor: Actor, *, points: Sequence[Mapping[str, float | None]], now: datetime) -> int:
    """Keep positions of a patrol and return how many are new; each is taken in once. now: city time.

    points: at most `MOST_POINTS`, each with stamp (phone's milliseconds), ago_s (seconds before now), longitude,
    latitude and accuracy_m. What lies a week back or on no place of the earth is left out.
    Raises: NotPermitted; Invalid.
    """
    if not actor.may(CHECK):
        raise NotPermitted
    if len(points) > MOST_POINTS:
        raise Invalid(zh("一次最多上传500个位置"))
    rows = [row for row in (_point(actor, item, now) for item in points) if row is not None]
    before = TrackPoint.objects.filter(account_id=actor.account_id, stamp__in=[row.stamp for row in rows])
    with transaction.atomic():
        _one_at_a_time(actor, "points")
        known = before.count()
        TrackPoint.objects.bulk_create(rows, ignore_conflicts=True)
        return before.count() - known


def _do(actor: Actor, deed: Deed, *, now: datetime) -> str:
    if deed.kind == "report" and deed.report is not None:
        return report_from_patrol(actor, new=deed.report, uploads=deed.uploads, now=now).number
    if deed.kind != "check":
        raise Invalid(zh("不认识的提交种类，请更新页面"))
    found = case(actor, deed.number, now=now)
    if not any(task.id == deed.task_id and task.node in FIELD_NODES for task in found.tasks):
        raise NotFound(zh("没有这个任务"))
    answer = TaskAnswer(deed.outcome, deed.note.strip())
    return complete_with_files(actor, task_id=deed.task_id, answer=answer, uploads=deed.uploads, now=now).number


def _point(actor: Actor, item: Mapping[str, float | None], now: datetime) -> TrackPoint | None:
    longitude, latitude, stamp = item.get("longitude"), item.get("latitude"), item.get("stamp")
    ago = timedelta(seconds=max(0.0, item.get("ago_s") or 0.0))
    if longitude is None or latitude is None or stamp is None or not on_earth(longitude, latitude) or ago > OLDEST:
        return None
    return TrackPoint(
        account_id=actor.account_id,
        organisation_id=actor.organisation_id,
        stamp=int(stamp),
        at=now - ago,
        longitude=longitude,
        latitude=latitude,
        accuracy_m=item.get("accuracy_m"),
    )


def _one_at_a_time(actor: Actor, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"urban.field:{actor.key}:{key}"])


def _sentence(refusal: OneCityError) -> str:
    return "；".join(refusal.fields.values()) or refusal.sentence()


def _told(row: Submission) -> Taken:
    return Taken(row.outcome == Submission.Outcome.DONE, row.number, row.reason)
