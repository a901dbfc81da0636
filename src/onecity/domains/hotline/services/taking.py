"""Taking demands in: one pool, whatever the door."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from onecity.domains.hotline.contracts import NewDemand, TakenDemand
from onecity.domains.hotline.kinds import KIND_NAMES, class_of, is_petition
from onecity.domains.hotline.models import Demand
from onecity.domains.hotline.permissions import PETITION, TAKE
from onecity.domains.hotline.process import DEMAND_TYPE, PETITION_TYPE
from onecity.domains.hotline.rules.petitions import representatives_fit
from onecity.domains.hotline.rules.words import plain_number, title_of
from onecity.domains.hotline.selectors.demands import caller_key
from onecity.domains.hotline.selectors.settings import centre_of, is_topic, topic_names
from onecity.domains.hotline.services.likening import told_before
from onecity.domains.hotline.services.records import keep_demand
from onecity.domains.hotline.sources import BY_STAFF, SOURCES
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotPermitted, Unavailable
from onecity.kernel.masking import masked_mobile
from onecity.kernel.text import zh
from onecity.platform.cases.api import open_case
from onecity.platform.cases.contracts import NewCase, OpenedCase
from onecity.platform.geo.api import city, locate
from onecity.platform.identity.api import search_hash

LONGEST_WORDS = 4000


class NoHotline(Unavailable):
    """Nobody answers for demands at this place yet."""

    code = "no_hotline_centre"
    message = zh("该区域尚未设置热线承办机构，暂时不能受理，请联系系统管理员")


class PetitionConcluded(Conflict):
    """The same facts and reasons have been through all three levels."""

    code = "petition_concluded"
    message = zh("该信访事项已经复核终结，以同一事实和理由再次提出的不再受理")


def take_demand(actor: Actor, *, new: NewDemand, now: datetime) -> TakenDemand:
    """Take in a demand as a member of staff: open its case and put it into the pool. now: city time.

    Raises: NotPermitted; Invalid naming the field; NoHotline; OutsideCity; PetitionConcluded.
    """
    if not actor.may(PETITION if is_petition(new.kind) else TAKE):
        raise NotPermitted
    if new.source_code not in BY_STAFF:
        raise Invalid(fields={"source_code": zh("没有这个来源渠道")})
    return put_in(actor, new=new, now=now)


def put_in(actor: Actor, *, new: NewDemand, now: datetime) -> TakenDemand:
    """Open a demand's case and put it into the pool; the caller has checked that the actor may.

    The same key through the same door gives the same case.
    Raises: Invalid naming the field; NoHotline; OutsideCity; PetitionConcluded.
    """
    _check(new)
    with transaction.atomic():
        earlier = told_before(new)
        if is_petition(new.kind) and any(row.level == 3 and row.status == "closed" for row in earlier):
            raise PetitionConcluded
        placed = _placed(new)
        opened = _open(actor, new=placed, now=now)
        if opened.created:
            _keep(placed, opened=opened, is_repeated=bool(earlier), now=now)
            keep_demand(opened.number, now=now)
    return TakenDemand(opened.id, opened.number, opened.created, is_repeated=opened.created and bool(earlier))


def _check(new: NewDemand) -> None:
    faults: dict[str, str] = {}
    if not new.words.strip() or len(new.words) > LONGEST_WORDS:
        faults["words"] = zh("请写明诉求内容（至多4000字）")
    if new.kind not in KIND_NAMES:
        faults["kind"] = zh("没有这个诉求类型")
    if new.source_code not in {item.code for item in SOURCES}:
        faults["source_code"] = zh("没有这个来源渠道")
    if new.topic_code and not is_topic(new.topic_code):
        faults["topic_code"] = zh("没有这个诉求分类")
    if not new.key.strip():
        faults["key"] = zh("缺少提交标识，请刷新页面后重试")
    if not representatives_fit(new.people, new.representatives):
        faults["representatives"] = zh("多人提出共同信访事项的，应推选代表，代表不得超过5人")
    if faults:
        raise Invalid(fields=faults)


def _placed(new: NewDemand) -> NewDemand:
    if new.location is not None:
        found = locate(longitude=new.location[0], latitude=new.location[1])
        return replace(new, division_code=found.code, address=new.address.strip() or found.full_name)
    return replace(new, division_code=new.division_code or _whole_city())


def _whole_city() -> str:
    """Return the division of a demand without a place: the city's, else that of the first hotline centre."""
    here, centre = city(), centre_of("")
    if here is not None:
        return here.division_code
    return centre.division_code.ljust(6, "0") if centre else ""


def _owner(new: NewDemand) -> int:
    centre = centre_of(new.division_code)
    if centre is None:
        raise NoHotline
    if not is_petition(new.kind):
        return centre.organisation_id
    return centre.petition_office_id or centre.organisation_id


def _open(actor: Actor, *, new: NewDemand, now: datetime) -> OpenedCase:
    topic = topic_names().get(new.topic_code, "") if new.topic_code else ""
    case = NewCase(
        type_code=PETITION_TYPE if is_petition(new.kind) else DEMAND_TYPE,
        title=new.title.strip()[:120] or title_of(new.words),
        organisation_id=_owner(new),
        description=new.words.strip(),
        class_code=class_of(new.kind, urgency=new.urgency),
        source_code=new.source_code,
        urgency=new.urgency,
        division_code=new.division_code,
        location=new.location,
        address=new.address.strip()[:200],
        reporter_name=new.caller_name.strip(),
        reporter_phone=plain_number(new.caller_phone),
        origin=f"{new.source_code}:{new.key}"[:120],
        data={"topic": topic} if topic else {},
    )
    return open_case(actor, new=case, now=now)


def _keep(new: NewDemand, *, opened: OpenedCase, is_repeated: bool, now: datetime) -> None:
    number = plain_number(new.caller_phone)
    longitude, latitude = new.location or (None, None)
    Demand.objects.create(
        case_id=opened.id,
        number=opened.number,
        type_code=PETITION_TYPE if is_petition(new.kind) else DEMAND_TYPE,
        kind=new.kind,
        topic_code=new.topic_code,
        suggested_code=new.suggested_code[:6],
        source_code=new.source_code,
        urgency=new.urgency,
        title=new.title.strip()[:120] or title_of(new.words),
        words=new.words.strip(),
        organisation_id=_owner(new),
        division_code=new.division_code,
        longitude=longitude,
        latitude=latitude,
        address=new.address.strip()[:200],
        caller_hashed=search_hash(caller_key(number)) if number else "",
        caller_masked=masked_mobile(number)[:20] if number else "",
        keep_secret=new.keep_secret,
        people=new.people,
        representatives=new.representatives,
        is_repeated=is_repeated,
        opened_at=now,
        updated_at=now,
    )
