"""What a grant allows, as the engine holds it."""

from collections.abc import Sequence
from datetime import date

from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.blocks import Comparison
from onecity.platform.exchange.contracts.plans import Limits
from onecity.platform.exchange.models import SharingGrant
from onecity.platform.exchange.rules.sharing.times import standing
from onecity.platform.exchange.selectors.sharing.datasets import Supply, dataset_at, supply_of


class GrantNotInForce(Conflict):
    """The grant gives nothing now: not begun, suspended, withdrawn or over."""

    code = "exchange.grant_not_in_force"
    message = zh("授权 {code} 不可用：{why}")


class NoSuchGrant(NotFound):
    """There is no such grant, or the actor may not know that there is."""

    code = "exchange.no_such_grant"
    message = zh("没有这项共享授权，或您无权使用")


class NotSupplied(Conflict):
    """The provider has not said where the dataset's rows come from, or not in the way that this use needs."""

    code = "exchange.not_supplied"
    message = zh("提供方尚未设置“{name}”的供数方式，或该方式不支持此项使用")


def conditions_of(stored: Sequence[dict[str, object]]) -> tuple[Comparison, ...]:
    """Read conditions from the form in which requests and grants keep them."""
    return tuple(_comparison(item) for item in stored)


def stored_conditions(conditions: Sequence[Comparison]) -> list[dict[str, object]]:
    """Return conditions in the form in which requests and grants keep them."""
    return [{"column": item.column, "operator": item.operator, "values": list(item.values)} for item in conditions]


def check_in_force(grant: SharingGrant, *, today: date) -> None:
    """Let a grant that is in force pass. Raises: GrantNotInForce."""
    why = standing(grant.state, starts=grant.starts_date, ends=grant.ends_date, today=today)
    if why:
        raise GrantNotInForce(params={"code": grant.code, "why": why})


def limits_of(grant: SharingGrant, *, supply: Supply) -> Limits:
    """Return what the engine holds whatever a plan asks: fields, rows and masks of the grant, in the source's names.

    A mask is bound to its column even where the column is not granted.
    """
    return Limits(
        columns=frozenset(supply.source_column(column) for column in grant.fields),
        conditions=source_conditions(grant, supply=supply),
        masks={supply.source_column(column): mask for column, mask in grant.masks.items()},
    )


def source_conditions(grant: SharingGrant, *, supply: Supply) -> tuple[Comparison, ...]:
    """Return the grant's row conditions in the source's names."""
    return tuple(
        Comparison(supply.source_column(item.column), item.operator, item.values)
        for item in conditions_of(grant.conditions)
    )


def limits_of_code(code: str, *, today: date) -> Limits:
    """Return the limits of a grant that is in force today, for flows that run under it.

    Raises: NoSuchGrant; GrantNotInForce; NotSupplied.
    """
    grant = SharingGrant.objects.filter(code=code).first()
    if grant is None:
        raise NoSuchGrant
    check_in_force(grant, today=today)
    return limits_of(grant, supply=grant_supply(grant))


def grant_supply(grant: SharingGrant) -> Supply:
    """Return where a grant's rows come from. Raises: NotSupplied."""
    dataset = dataset_at(grant.dataset_code, version=grant.dataset_version)
    supply = supply_of(dataset) if dataset else None
    if supply is None:
        raise NotSupplied(params={"name": grant.dataset_name})
    return supply


def _comparison(item: dict[str, object]) -> Comparison:
    values = item.get("values")
    assert isinstance(values, list)
    return Comparison(str(item["column"]), str(item["operator"]), tuple(values))
