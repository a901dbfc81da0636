"""Subscriptions: a flow that pushes into the consumer's place, or blocks that the consumer fetches."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.blocks import Loading, Reading
from onecity.platform.exchange.contracts.flows import FlowText, NewFlow, Schedule
from onecity.platform.exchange.contracts.plans import ColumnMap
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.models import Connection, DatasetSupply, Flow, SharingGrant, Subscription
from onecity.platform.exchange.models.sharing.requests import SharingForm
from onecity.platform.exchange.selectors.sharing.datasets import Supply
from onecity.platform.exchange.selectors.sharing.fields import field_shapes
from onecity.platform.exchange.selectors.sharing.grants import consumed_grant
from onecity.platform.exchange.selectors.sharing.limits import NotSupplied, check_in_force, grant_supply
from onecity.platform.exchange.services.flows.drafting import draft_flow
from onecity.platform.exchange.services.flows.publishing import close_flow, publish_flow
from onecity.platform.exchange.services.sharing.telling import sharing_itself
from onecity.platform.identity.api import record

NOT_PUSHED: Final = (SharingForm.PULL, SharingForm.FILE)


class SubscriptionRefused(Invalid):
    """The delivery cannot be set up so; the fields say why."""

    code = "exchange.subscription_refused"
    message = zh("订阅设置不完整")


class SubscribedAlready(Conflict):
    """The same delivery runs already."""

    code = "exchange.subscribed_already"
    message = zh("同一目标的订阅已在运行")


class NotForDeliveries(Conflict):
    """The grant is one for queries."""

    code = "exchange.not_for_deliveries"
    message = zh("授权 {code} 是接口查询授权，不能订阅")


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """Where a push goes and when: the consumer's connection, its table, and cron in city time. Pulls need none."""

    grant_code: str
    connection_code: str = ""
    target_table: str = ""
    cron: str = ""


def subscribe(actor: Actor, *, new: NewSubscription, now: datetime) -> str:
    """Set up a delivery under a grant; returns the subscription's code. A push makes a flow of its own.

    The flow's text names only what the grant gives; whatever it is changed to later, each run holds the grant's limits.
    Raises: NoSuchGrant for others than the consumer; GrantNotInForce; NotForDeliveries; NotSupplied;
    SubscriptionRefused; SubscribedAlready; and what making a flow raises.
    """
    grant = consumed_grant(actor, new.grant_code)
    check_in_force(grant, today=city_date(now))
    if grant.form == SharingForm.QUERY:
        raise NotForDeliveries(params={"code": grant.code})
    supply = grant_supply(grant)
    push = grant.form == SharingForm.PUSH
    if push:
        _check_push(new, grant, supply)
    elif not (supply.key or supply.cursor):
        raise NotSupplied(params={"name": grant.dataset_name})
    with transaction.atomic():
        number = Subscription.objects.filter(grant=grant).count() + 1
        code = f"{grant.code}-{number}"
        flow_code = _make_flow(new, grant, supply, code=code, now=now) if push else ""
        _save(
            Subscription(
                code=code,
                grant=grant,
                organisation_id=grant.organisation_id,
                form=grant.form,
                connection_code=new.connection_code if push else "",
                target_table=new.target_table if push else "",
                schedule=new.cron if push else "",
                flow_code=flow_code,
                created_at=now,
            )
        )
        record(
            actor,
            action="exchange.subscribe",
            target=f"exchange.sharinggrant:{grant.id}",
            details={"code": code, "flow": flow_code},
        )
    return code


def unsubscribe(actor: Actor, *, code: str, reason: str, now: datetime) -> None:
    """Stop a delivery; its flow is closed.

    Raises: NoSuchGrant for others than the consumer; SubscriptionRefused if it has stopped already.
    """
    found = Subscription.objects.filter(code=code).select_related("grant").first()
    grant = consumed_grant(actor, found.grant.code if found else "")
    with transaction.atomic():
        row = Subscription.objects.select_for_update().get(code=code)
        if row.state != Subscription.State.ACTIVE:
            raise SubscriptionRefused(zh("该订阅已停止"))
        row.state, row.stop_reason = Subscription.State.STOPPED, reason.strip()[:500]
        row.save(update_fields=["state", "stop_reason"])
        if row.flow_code:
            close_flow(sharing_itself(), flow_id=_flow_id(row.flow_code), reason=reason.strip()[:200], now=now)
        record(actor, action="exchange.unsubscribe", target=f"exchange.sharinggrant:{grant.id}", details={"code": code})


def _check_push(new: NewSubscription, grant: SharingGrant, supply: Supply) -> None:
    if supply.kind != DatasetSupply.Kind.CONNECTION:
        raise NotSupplied(params={"name": grant.dataset_name})
    target = Connection.objects.filter(code=new.connection_code, is_active=True).first()
    faults: dict[str, str] = {}
    if target is None or target.organisation_id != grant.organisation_id:
        faults["connection_code"] = zh("请选择本单位的目标连接")
    if not new.target_table.strip():
        faults["target_table"] = zh("请填写目标表")
    if faults:
        raise SubscriptionRefused(fields=faults)


def _make_flow(new: NewSubscription, grant: SharingGrant, supply: Supply, *, code: str, now: datetime) -> str:
    """Make and publish the flow that pushes, under sharing's own name; return its code."""
    me, flow_code = sharing_itself(), f"share-{code.lower()}"
    flow_id = draft_flow(
        me,
        new=NewFlow(
            code=flow_code,
            name=f"{grant.dataset_name}（{grant.code}）"[:80],
            organisation_id=grant.organisation_id,
            dataset_code=grant.dataset_code,
            grant_code=grant.code,
        ),
        text=flow_text(new, grant, supply),
        now=now,
    )
    publish_flow(me, flow_id=flow_id, now=now)
    return flow_code


def flow_text(new: NewSubscription, grant: SharingGrant, supply: Supply) -> FlowText:
    """Return the text of a push: granted fields under the catalogue's names, merged by key where the key is granted.

    Masked columns land as text.
    """
    shapes = field_shapes(grant.dataset_code, version=grant.dataset_version, columns=grant.fields)
    landed = tuple(_landed(shape, masked=shape.name in grant.masks) for shape in shapes)
    key = tuple(column for column in grant.fields if supply.source_column(column) in supply.key)
    merged = bool(key) and len(key) == len(supply.key) and not set(key) & set(grant.masks)
    by_cursor = merged and supply.cursor in {supply.source_column(column) for column in grant.fields}
    return FlowText(
        source=supply.connection_code,
        source_table=supply.table,
        source_columns=tuple(_named(shape, supply.source_column(shape.name)) for shape in shapes),
        target=new.connection_code,
        target_shape=TableShape(new.target_table.strip(), landed, key if merged else (), title=grant.dataset_name),
        columns=tuple(ColumnMap(shape.name, shape.type, source=supply.source_column(shape.name)) for shape in landed),
        reading=Reading.BY_CURSOR if by_cursor else Reading.FULL,
        loading=Loading.MERGE if merged else Loading.SWAP,
        sensitive={supply.source_column(column): mask for column, mask in grant.masks.items()},
        cursor=supply.cursor if by_cursor else "",
        schedule=Schedule(cron=new.cron.strip()),
    )


def _landed(shape: ColumnShape, *, masked: bool) -> ColumnShape:
    if not masked:
        return shape
    return ColumnShape(shape.name, LogicalType.TEXT, shape.nullable, title=shape.title)


def _named(shape: ColumnShape, name: str) -> ColumnShape:
    return replace(shape, name=name)


def _save(row: Subscription) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "exchange_subscription_once" in str(error):
            raise SubscribedAlready from None
        raise


def _flow_id(code: str) -> int:
    return Flow.objects.values_list("id", flat=True).get(code=code)
