"""Following one's report by number and code, and saying how it was handled."""

from datetime import datetime

from django.db import transaction

from onecity.domains.urban_management.models import Report
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.query_codes import locked, plain_code
from onecity.kernel.text import zh
from onecity.platform.cases.api import case
from onecity.platform.identity.api import record, search_hashes

_DESK = system_actor("urban_management.follow")
LONGEST_COMMENT = 500


class FollowRefused(NotFound):
    """Number and code do not fit; the sentence never says which of the two."""

    code = "follow_refused"
    message = zh("案件编号或查询码不正确")


class FollowLocked(Conflict):
    """Too many wrong codes for this number."""

    code = "follow_locked"
    message = zh("查询码错误次数过多，请15分钟后再试")


class AlreadyRated(Conflict):
    """The reporter has said it before, or the case is still open."""

    code = "already_rated"
    message = zh("案件尚未办结或您已评价过")


def open_by_code(*, number: str, code: str, now: datetime) -> None:
    """Let whoever knows the code pass; a wrong one is counted. now: real time.

    Raises: FollowRefused; FollowLocked.
    """
    fits = False
    with transaction.atomic():
        row = Report.objects.select_for_update().filter(number=number).first()
        if row is not None:
            if locked(row.failures, failed_at=row.failed_at, now=now):
                raise FollowLocked
            fits = code_fits(row, code)
            row.failures, row.failed_at = (0, None) if fits else (row.failures + 1, now)
            row.save(update_fields=["failures", "failed_at"])
    if not fits:
        raise FollowRefused


def code_fits(row: Report, code: str) -> bool:
    """Say whether a code belongs to a report."""
    return bool(row.code_hashed) and row.code_hashed in search_hashes(f"{row.number}:{plain_code(code)}")


def rate(actor: Actor, *, number: str, satisfied: bool, comment: str, now: datetime) -> None:
    """Keep what the reporter thinks of the handling, once the case is over. now: city time.

    The caller has checked that the actor is the reporter. Raises: NotFound; AlreadyRated; Invalid.
    """
    if len(comment) > LONGEST_COMMENT:
        raise Invalid(fields={"comment": zh("评价意见过长（至多500字）")})
    with transaction.atomic():
        row = Report.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise FollowRefused
        if row.satisfaction or case(_DESK, number, now=now).row.status == "open":
            raise AlreadyRated
        row.satisfaction = Report.Satisfaction.SATISFIED if satisfied else Report.Satisfaction.UNSATISFIED
        row.comment, row.rated_at = comment.strip(), now
        row.save(update_fields=["satisfaction", "comment", "rated_at"])
        record(actor, action="urban_management.rate", target=f"cases.case:{row.case_id}")
