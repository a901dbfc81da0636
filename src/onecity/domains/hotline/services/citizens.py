"""Citizens hand a demand in over the web, follow it by number and code, and say how it was handled."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from onecity.domains.hotline.contracts import NewDemand, TakenDemand
from onecity.domains.hotline.kinds import is_petition
from onecity.domains.hotline.models import Demand
from onecity.domains.hotline.services.taking import put_in
from onecity.domains.hotline.sources import WEB
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.query_codes import code_of, locked, plain_code
from onecity.kernel.text import zh
from onecity.platform.identity.api import record, search_hash, search_hashes

LONGEST_COMMENT: Final = 500
MOST_DEMANDS: Final = 6
WITHIN: Final = timedelta(hours=1)


class TooManyDemands(Conflict):
    """One address handed in more within an hour than a person does."""

    code = "too_many_demands"
    message = zh("您提交得太频繁，请一小时后再试；紧急情况请直接拨打12345或110")


class FollowRefused(NotFound):
    """Number and code do not fit; the sentence never says which of the two."""

    code = "demand_follow_refused"
    message = zh("工单编号或查询码不正确")


class FollowLocked(Conflict):
    """Too many wrong codes for this number."""

    code = "demand_follow_locked"
    message = zh("查询码错误次数过多，请15分钟后再试")


class NotToRate(Conflict):
    """It was said before, or the demand is still open."""

    code = "demand_not_to_rate"
    message = zh("诉求尚未办结或您已评价过")


def hand_in(
    actor: Actor, *, new: NewDemand, address: str, consent: bool, now: datetime, told_at: datetime
) -> TakenDemand:
    """Take in what a citizen writes, and give the number and the code with which it is followed.

    address: the network address, of which only a keyed hash is kept. now: city time; told_at: real time, for the
    throttle. The same key again gives the same number and code.
    Raises: Invalid naming the field; TooManyDemands; NoHotline; OutsideCity.
    """
    if not consent:
        raise Invalid(fields={"consent": zh("请阅读并同意个人信息使用说明")})
    if not new.caller_phone:
        raise Invalid(fields={"caller_phone": zh("请填写联系电话，便于核实和回访")})
    if is_petition(new.kind):
        raise Invalid(fields={"kind": zh("信访事项请到信访渠道提出")})
    code = code_of(search_hash(f"hotline.demand:{new.key}"))
    given = replace(new, source_code=WEB, urgency=0)
    with transaction.atomic():
        if not Demand.objects.filter(case__origin=f"{WEB}:{new.key}"[:120]).exists():
            _slow_down(address, told_at)
        taken = put_in(actor, new=given, now=now)
        if taken.created:
            Demand.objects.filter(case_id=taken.case_id).update(
                code_hashed=search_hash(f"{taken.number}:{code}"),
                account_id=actor.id if actor.kind == "account" else None,
                sender_hashed=search_hash(f"address:{address}"),
                told_at=told_at,
            )
            record(actor, action="hotline.hand_in", target=f"cases.case:{taken.case_id}")
    return replace(taken, code=code)


def open_by_code(*, number: str, code: str, now: datetime) -> None:
    """Let whoever knows the code pass; a wrong one is counted. now: real time.

    Raises: FollowRefused; FollowLocked.
    """
    fits = False
    with transaction.atomic():
        row = Demand.objects.select_for_update().filter(number=number).first()
        if row is not None:
            if locked(row.failures, failed_at=row.failed_at, now=now):
                raise FollowLocked
            fits = code_fits(row, code)
            row.failures, row.failed_at = (0, None) if fits else (row.failures + 1, now)
            row.save(update_fields=["failures", "failed_at"])
    if not fits:
        raise FollowRefused


def code_fits(row: Demand, code: str) -> bool:
    """Say whether a code belongs to a demand."""
    return bool(row.code_hashed) and row.code_hashed in search_hashes(f"{row.number}:{plain_code(code)}")


def rate(actor: Actor, *, number: str, satisfaction: str, solved: bool, now: datetime) -> None:
    """Keep what the citizen thinks of the handling, once the demand is over and nobody reached him. now: city time.

    The caller has checked that the actor is the citizen. Raises: FollowRefused; NotToRate; Invalid.
    """
    if satisfaction not in ("satisfied", "basic", "unsatisfied"):
        raise Invalid(fields={"satisfaction": zh("请选择满意程度")})
    with transaction.atomic():
        row = Demand.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise FollowRefused
        if not may_rate(row):
            raise NotToRate
        row.satisfaction, row.solved = satisfaction, "yes" if solved else "no"
        row.called_back_at = row.updated_at = now
        row.save(update_fields=["satisfaction", "solved", "called_back_at", "updated_at"])
        record(actor, action="hotline.rate", target=f"cases.case:{row.case_id}")


def may_rate(row: Demand) -> bool:
    """Say whether the citizen may still say how it was handled."""
    return row.status == Demand.Status.CLOSED and row.satisfaction in ("", Demand.Satisfaction.UNREACHED)


def _slow_down(address: str, told_at: datetime) -> None:
    """Count what the address handed in within the hour; two that come at once wait for each other."""
    hashed = search_hash(f"address:{address}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [hashed])
    known = search_hashes(f"address:{address}")
    if Demand.objects.filter(sender_hashed__in=known, told_at__gt=told_at - WITHIN).count() >= MOST_DEMANDS:
        raise TooManyDemands
