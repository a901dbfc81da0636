"""Asking for data: what may be asked, and what happens at once."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid, NotPermitted
from onecity.kernel.masking import masked_mobile
from onecity.kernel.text import zh
from onecity.platform.cases.api import open_case
from onecity.platform.cases.contracts import NewCase
from onecity.platform.exchange.contracts.sharing import AskedRequest, NewRequest, SharedDataset, Sharing
from onecity.platform.exchange.models import SharingGrant, SharingRequest
from onecity.platform.exchange.models.sharing.requests import SharingForm
from onecity.platform.exchange.permissions import REQUEST_DATA
from onecity.platform.exchange.rules.sharing.times import months_inside
from onecity.platform.exchange.selectors.sharing.datasets import shared_dataset
from onecity.platform.exchange.selectors.sharing.grants import consumed_grant
from onecity.platform.exchange.selectors.sharing.limits import stored_conditions
from onecity.platform.exchange.selectors.sharing.parameters import parameters
from onecity.platform.exchange.services.sharing.granting import give
from onecity.platform.identity.api import organisation, record, row_scope, seal_personal

PHONE_COLUMN: Final = "exchange.request.contact_phone"
HOLDER: Final = "exchange.sharingrequest"
CASE_TYPE: Final = "exchange.sharing_request"
SHORTEST_PURPOSE: Final = 10
OPERATORS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "in", "prefix", "is_null", "not_null"})
_WITHOUT_VALUE: Final = frozenset({"is_null", "not_null"})
_LIVE: Final = (SharingGrant.State.ACTIVE, SharingGrant.State.SUSPENDED)


class NotShared(Conflict):
    """The dataset is not shared at all; its legal ground is told."""

    code = "exchange.not_shared"
    message = zh("“{name}”不予共享。依据：{ground}")


class RequestRefused(Invalid):
    """What was asked cannot be asked so; the fields say why."""

    code = "exchange.request_refused"
    message = zh("申请内容不符合要求")


class AskedAlready(Conflict):
    """The organisation has a request for the same dataset and form under way."""

    code = "exchange.asked_already"
    message = zh("本单位对“{name}”的同类申请正在办理中（案件 {number}），请勿重复申请")


def request_data(actor: Actor, *, new: NewRequest, now: datetime) -> AskedRequest:
    """Ask for a dataset. 无条件共享 is granted at once; 有条件共享 opens a case at the provider; 不予共享 is refused.

    now: city time.
    Raises: NoSuchDataset; NotShared; RequestRefused; AskedAlready; NotPermitted where the actor may not ask for the
    organisation; NoSuchGrant for an earlier grant that is not the organisation's.
    Source: 国务院令第809号; 国发〔2016〕51号.
    """
    scope = row_scope(actor, REQUEST_DATA)
    if not (scope.everything or new.organisation_id in scope.organisation_ids):
        raise NotPermitted
    dataset = shared_dataset(new.dataset_code)
    if dataset.sharing is Sharing.NONE:
        raise NotShared(params={"name": dataset.name, "ground": dataset.ground})
    today = city_date(now)
    values = parameters(today=today)
    _check(new, dataset=dataset, today=today, longest=values["longest_days"])
    earlier = _earlier(actor, new, dataset=dataset)
    with transaction.atomic():
        _lock_out_doubles(new, dataset)
        request = _written(actor, new, dataset=dataset, earlier=earlier, now=now)
        request.queries_per_day = new.queries_per_day or values["queries_per_day"]
        _save(request)
        record(
            actor,
            action="exchange.request_data",
            target=f"exchange.sharingrequest:{request.id}",
            details={"dataset": dataset.code, "form": new.form, "kind": request.kind},
        )
        if needs_approval(dataset, fields=new.fields):
            _open_case(actor, request, now=now)
            return AskedRequest(request.id, request.state, case_number=request.case_number)
        grant = give(actor, request=request, dataset=dataset, now=now)
    return AskedRequest(request.id, request.state, grant_code=grant.code)


def needs_approval(dataset: SharedDataset, *, fields: Collection[str]) -> bool:
    """Say whether a provider has to decide: the dataset, or a field asked for, is shared under a condition."""
    asked = [field.sharing for field in dataset.fields if field.column in fields]
    return Sharing.CONDITIONAL in {dataset.sharing, *asked}


def _check(new: NewRequest, *, dataset: SharedDataset, today: date, longest: int) -> None:
    faults: dict[str, str] = {}
    if new.form not in SharingForm.values:
        faults["form"] = zh("请选择共享方式")
    if len(new.purpose.strip()) < SHORTEST_PURPOSE:
        faults["purpose"] = zh("请写明使用用途（不少于10个字）")
    if not new.legal_ground.strip():
        faults["legal_ground"] = zh("请写明使用数据的法律法规依据或职责依据")
    if not new.contact_name.strip():
        faults["contact_name"] = zh("请填写联系人")
    if new.organisation_id == dataset.organisation_id:
        faults["organisation"] = zh("本单位提供的资源无须向自己申请")
    faults.update(_field_faults(new, dataset=dataset))
    faults.update(_period_faults(new, today=today, longest=longest))
    if faults:
        raise RequestRefused(fields=faults)


def _field_faults(new: NewRequest, *, dataset: SharedDataset) -> dict[str, str]:
    faults: dict[str, str] = {}
    known = {field.column: field for field in dataset.fields}
    if not new.fields:
        faults["fields"] = zh("请选择需要的信息项")
    elif any(column not in known for column in new.fields):
        faults["fields"] = zh("所选信息项不在目录的现行版本中")
    elif any(known[column].sharing is Sharing.NONE for column in new.fields):
        faults["fields"] = zh("所选信息项中有不予共享的，请取消后再提交")
    if any(column not in new.fields for column in new.clear_fields):
        faults["clear_fields"] = zh("只能对所选的信息项申请明文")
    if any(_bad_condition(item.column, item.operator, item.values, known) for item in new.conditions):
        faults["conditions"] = zh("数据范围的条件不正确")
    return faults


def _bad_condition(column: str, operator: str, values: tuple[object, ...], known: Collection[str]) -> bool:
    if column not in known or operator not in OPERATORS:
        return True
    if operator in _WITHOUT_VALUE:
        return bool(values)
    return not values or (operator != "in" and len(values) != 1)


def _period_faults(new: NewRequest, *, today: date, longest: int) -> dict[str, str]:
    if new.ends < new.starts:
        return {"ends": zh("截止日期早于起始日期")}
    if new.ends < today:
        return {"ends": zh("截止日期已过")}
    if not months_inside(new.starts, end=new.ends, most_days=longest):
        return {"ends": zh("使用期限过长，请缩短后到期续期")}
    return {}


def _earlier(actor: Actor, new: NewRequest, *, dataset: SharedDataset) -> SharingGrant | None:
    if not new.earlier_grant:
        return None
    grant = consumed_grant(actor, new.earlier_grant)
    if grant.state not in _LIVE or (grant.organisation_id, grant.dataset_code, grant.form) != (
        new.organisation_id,
        dataset.code,
        new.form,
    ):
        raise RequestRefused(fields={"earlier_grant": zh("原授权已失效，或不是同一资源、同一方式，请重新申请")})
    return grant


def _kind(new: NewRequest, earlier: SharingGrant | None, dataset: SharedDataset) -> str:
    if earlier is None:
        return SharingRequest.Kind.NEW
    masked = {field.column for field in dataset.fields if field.mask} & set(new.fields)
    same = (
        set(new.fields) == set(earlier.fields)
        and stored_conditions(new.conditions) == earlier.conditions
        and masked - set(new.clear_fields) == set(earlier.masks) & set(new.fields)
        and new.needs_consent == earlier.needs_consent
    )
    return SharingRequest.Kind.RENEWAL if same else SharingRequest.Kind.CHANGE


def _lock_out_doubles(new: NewRequest, dataset: SharedDataset) -> None:
    """Let one request of an organisation for a dataset and form be under way; a constraint stops racing ones.

    Raises: AskedAlready.
    """
    waiting = SharingRequest.objects.filter(
        organisation_id=new.organisation_id,
        dataset_code=dataset.code,
        form=new.form,
        state__in=(SharingRequest.State.WAITING, SharingRequest.State.SUPPLEMENT),
    ).first()
    if waiting is not None:
        raise AskedAlready(params={"name": dataset.name, "number": waiting.case_number})


def _written(
    actor: Actor, new: NewRequest, *, dataset: SharedDataset, earlier: SharingGrant | None, now: datetime
) -> SharingRequest:
    phone = seal_personal(new.contact_phone, context=PHONE_COLUMN, masked=masked_mobile(new.contact_phone))
    order = [field.column for field in dataset.fields]
    return SharingRequest(
        kind=_kind(new, earlier, dataset),
        dataset_code=dataset.code,
        dataset_name=dataset.name,
        dataset_version=dataset.version,
        provider_id=dataset.organisation_id,
        organisation_id=new.organisation_id,
        form=new.form,
        purpose=new.purpose.strip(),
        legal_ground=new.legal_ground.strip(),
        fields=sorted(set(new.fields), key=order.index),
        clear_fields=sorted(set(new.clear_fields), key=order.index),
        conditions=stored_conditions(new.conditions),
        needs_consent=new.needs_consent,
        starts_date=new.starts,
        ends_date=new.ends,
        contact_name=new.contact_name.strip(),
        contact_phone_sealed=phone.sealed,
        contact_phone_masked=phone.masked,
        earlier_grant=earlier,
        asked_by=actor.key,
        asked_by_name=actor.name[:60],
        created_at=now,
    )


def _save(request: SharingRequest) -> None:
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        if "exchange_request_one_waiting" in str(error):
            raise AskedAlready(params={"name": request.dataset_name, "number": ""}) from None
        raise


def _open_case(actor: Actor, request: SharingRequest, *, now: datetime) -> None:
    """Open the provider's case. Its place is the provider's, else the consumer's."""
    provider, consumer = organisation(request.provider_id), organisation(request.organisation_id)
    opened = open_case(
        actor,
        new=NewCase(
            type_code=CASE_TYPE,
            title=f"{consumer.short_name}申请共享：{request.dataset_name}"[:120],
            organisation_id=request.provider_id,
            description=request.purpose,
            division_code=provider.division_code or consumer.division_code,
            origin=f"exchange.sharingrequest:{request.id}",
        ),
        now=now,
    )
    request.case_id, request.case_number = opened.id, opened.number
    request.save(update_fields=["case_id", "case_number"])
