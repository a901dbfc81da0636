"""Problems told by citizens, by grid supervisors on patrol and by other systems: each opens one case."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from onecity.domains.urban_management.contracts import NewReport, OpenedReport
from onecity.domains.urban_management.models import Report
from onecity.domains.urban_management.permissions import REPORT, SUBMIT
from onecity.domains.urban_management.process import TYPE_CODE
from onecity.domains.urban_management.rules.reporting import MOST_REPORTS, WITHIN, title_of
from onecity.domains.urban_management.selectors.classes import filing_class_name
from onecity.domains.urban_management.selectors.settings import centre_of
from onecity.domains.urban_management.services.judging import check_not_told_twice
from onecity.domains.urban_management.services.records import keep_case
from onecity.domains.urban_management.sources import CITIZEN, PATROL, TOLD_BY_SYSTEMS
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, Invalid, NotPermitted, Unavailable
from onecity.kernel.query_codes import code_of
from onecity.kernel.text import zh
from onecity.platform.cases.api import add_files, open_case
from onecity.platform.cases.contracts import NewCase, OpenedCase
from onecity.platform.documents.contracts import Upload
from onecity.platform.geo.api import locate
from onecity.platform.identity.api import record, search_hash, search_hashes

LONGEST_DESCRIPTION = 2000
_DESK = system_actor("urban_management.reports")


class TooManyReports(Conflict):
    """One address told more within an hour than a person does."""

    code = "too_many_reports"
    message = zh("您提交得太频繁，请一小时后再试；紧急情况请直接拨打12345或110")


class NoCentre(Unavailable):
    """Nobody answers for city cases at this place yet."""

    code = "no_supervision_centre"
    message = zh("该区域尚未设置城管监督指挥中心，暂时不能受理，请联系系统管理员")


def report_as_citizen(
    actor: Actor,
    *,
    new: NewReport,
    uploads: Sequence[Upload],
    address: str,
    consent: bool,
    now: datetime,
    told_at: datetime,
) -> OpenedReport:
    """Open a case for what a citizen tells, and give the number and the code with which it is followed.

    address: the network address, of which only a keyed hash is kept. now: city time; told_at: real time, for the
    throttle. The same key again gives the same number and code.
    Raises: Invalid naming the field; TooManyReports; NoCentre; OutsideCity; what documents refuse.
    """
    _check_words(new)
    if not consent:
        raise Invalid(fields={"consent": zh("请阅读并同意个人信息使用说明")})
    if not new.reporter_phone:
        raise Invalid(fields={"reporter_phone": zh("请填写联系电话，便于核实和回复")})
    code = code_of(search_hash(f"urban_management.report:{new.key}"))
    with transaction.atomic():
        if not Report.objects.filter(case__origin=_origin(new, "citizen")).exists():
            _slow_down(address, told_at)
        opened = _open(actor, new=new, source=CITIZEN, origin=_origin(new, "citizen"), now=now)
        if opened.created:
            _keep_files(opened, uploads, now=now)
            Report.objects.create(
                case_id=opened.id,
                number=opened.number,
                code_hashed=search_hash(f"{opened.number}:{code}"),
                account_id=actor.id if actor.kind == "account" else None,
                sender_hashed=search_hash(f"address:{address}"),
                consented_at=told_at,
                created_at=told_at,
            )
            record(actor, action="urban_management.report", target=f"cases.case:{opened.id}")
    return OpenedReport(opened.id, opened.number, opened.created, code)


def report_from_patrol(actor: Actor, *, new: NewReport, uploads: Sequence[Upload], now: datetime) -> OpenedReport:
    """Open a case for what a grid supervisor found; a photo is a must. The same key again gives the same case.

    Raises: NotPermitted; Invalid naming the field; ToldTwice unless he says it is another; NoCentre; OutsideCity; what
    documents refuse.
    """
    if not actor.may(REPORT):
        raise NotPermitted
    _check_words(new)
    if not uploads:
        raise Invalid(fields={"photos": zh("请至少拍一张现场照片")})
    origin = _origin(new, f"patrol:{actor.key}")
    with transaction.atomic():
        opened = _open(actor, new=new, source=PATROL, origin=origin, now=now)
        if opened.created:
            if not new.not_repeated:
                check_not_told_twice(actor, new=new, besides=opened.id, now=now)
            _keep_files(opened, uploads, now=now)
            keep_case(opened.number, now=now)
    return OpenedReport(opened.id, opened.number, opened.created)


def report_from_system(actor: Actor, *, new: NewReport, source: str, now: datetime, told_at: datetime) -> OpenedReport:
    """Open a case for what another system hands in; its own reference (`key`) opens one case.

    source: one of `sources.TOLD_BY_SYSTEMS`. told_at: real time.
    Raises: NotPermitted; Invalid naming the field; NoCentre; OutsideCity.
    """
    if not actor.may(SUBMIT):
        raise NotPermitted
    _check_words(new)
    if source not in TOLD_BY_SYSTEMS:
        raise Invalid(fields={"source": zh("没有这个案件来源")})
    with transaction.atomic():
        opened = _open(actor, new=new, source=source, origin=_origin(new, actor.key), now=now)
        if opened.created:
            Report.objects.create(case_id=opened.id, number=opened.number, client=actor.key[:60], created_at=told_at)
    return OpenedReport(opened.id, opened.number, opened.created)


def _origin(new: NewReport, channel: str) -> str:
    return f"urban_management.{channel}:{new.key}"[:120]


def _check_words(new: NewReport) -> None:
    faults: dict[str, str] = {}
    if not new.description.strip() or len(new.description) > LONGEST_DESCRIPTION:
        faults["description"] = zh("请写明发生了什么（至多2000字）")
    if not new.key.strip():
        faults["key"] = zh("缺少提交标识，请刷新页面后重试")
    if new.class_code and not filing_class_name(new.class_code):
        faults["class_code"] = zh("没有这个案件分类")
    if faults:
        raise Invalid(fields=faults)


def _slow_down(address: str, told_at: datetime) -> None:
    """Count what the address told within the hour; two that come at once wait for each other."""
    hashed = search_hash(f"address:{address}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [hashed])
    known = search_hashes(f"address:{address}")
    if Report.objects.filter(sender_hashed__in=known, created_at__gt=told_at - WITHIN).count() >= MOST_REPORTS:
        raise TooManyReports


def _open(actor: Actor, *, new: NewReport, source: str, origin: str, now: datetime) -> OpenedCase:
    place = locate(longitude=new.location[0], latitude=new.location[1])
    owner = centre_of(place.code)
    if owner is None:
        raise NoCentre
    case = NewCase(
        type_code=TYPE_CODE,
        title=title_of(new.description, filing_class_name(new.class_code).partition("：")[0]),
        organisation_id=owner,
        description=new.description.strip(),
        class_code=new.class_code,
        source_code=source,
        urgency=new.urgency,
        division_code=place.code,
        location=new.location,
        address=new.address.strip() or place.full_name,
        reporter_name=new.reporter_name.strip(),
        reporter_phone=new.reporter_phone.strip(),
        origin=origin,
    )
    return open_case(actor, new=case, now=now)


def _keep_files(opened: OpenedCase, uploads: Sequence[Upload], *, now: datetime) -> None:
    if uploads:
        add_files(_DESK, case_id=opened.id, uploads=uploads, now=now)
