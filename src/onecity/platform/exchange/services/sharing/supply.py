"""Where a dataset's rows are taken from: said by its provider."""

from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.sharing import NewSupply, SharedDataset
from onecity.platform.exchange.models import Connection, DatasetSupply
from onecity.platform.exchange.permissions import APPROVE_SHARING
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.selectors.sharing.datasets import shared_dataset
from onecity.platform.identity.api import record, row_scope


class SupplyRefused(Invalid):
    """Rows cannot be taken from there; the fields say why."""

    code = "exchange.supply_refused"
    message = zh("供数设置不完整")


def set_supply(actor: Actor, *, supply: NewSupply, now: datetime) -> None:
    """Say where a dataset's rows come from; takes effect at the next use.

    Raises: NoSuchDataset; NotPermitted for others than the provider; SupplyRefused.
    """
    dataset = shared_dataset(supply.dataset_code)
    scope = row_scope(actor, APPROVE_SHARING)
    if not (scope.everything or dataset.organisation_id in scope.organisation_ids):
        raise NotPermitted
    faults = _faults(supply, dataset)
    if faults:
        raise SupplyRefused(fields=faults)
    with transaction.atomic():
        DatasetSupply.objects.update_or_create(
            dataset_code=dataset.code,
            defaults={
                "organisation_id": dataset.organisation_id,
                "kind": supply.kind,
                "connection_code": supply.connection_code if supply.kind == DatasetSupply.Kind.CONNECTION else "",
                "table": supply.table,
                "key": list(supply.key),
                "cursor": supply.cursor,
                "columns": dict(supply.columns or {}),
                "subject_column": supply.subject_column,
                "subject_kind": supply.subject_kind,
                "changed_at": now,
            },
        )
        record(
            actor,
            action="exchange.set_supply",
            target=f"exchange.dataset:{dataset.code}",
            details={"kind": supply.kind, "connection": supply.connection_code, "table": supply.table},
        )


def _faults(supply: NewSupply, dataset: SharedDataset) -> dict[str, str]:
    faults: dict[str, str] = {}
    if supply.kind not in DatasetSupply.Kind.values:
        faults["kind"] = zh("请选择供数方式")
    if bool(supply.subject_column) is not bool(supply.subject_kind):
        faults["subject_kind"] = zh("对象标识列和对象标识须同时填写")
    elif supply.subject_kind not in DatasetSupply.Subject.values:
        faults["subject_kind"] = zh("没有这种对象标识")
    unknown = set(supply.columns or {}) - {field.column for field in dataset.fields}
    if unknown:
        faults["columns"] = zh("列对应中有目录里没有的信息项")
    if supply.kind == DatasetSupply.Kind.CONNECTION:
        faults.update(_connection_faults(supply, dataset))
    if supply.kind == DatasetSupply.Kind.COPY and not supply.table:
        faults["table"] = zh("请填写来源表")
    if supply.kind == DatasetSupply.Kind.DECLARED and supply.dataset_code not in declared_datasets():
        faults["kind"] = zh("该资源不是平台模块数据")
    return faults


def _connection_faults(supply: NewSupply, dataset: SharedDataset) -> dict[str, str]:
    connection = Connection.objects.filter(code=supply.connection_code, is_active=True).first()
    if connection is None or connection.organisation_id != dataset.organisation_id:
        return {"connection_code": zh("请选择本单位的来源连接")}
    return {} if supply.table else {"table": zh("请填写来源表")}
