"""Where datasets are taken from: said by their provider, whole."""

from datetime import datetime

import pytest

from onecity.kernel.errors import NotPermitted
from onecity.platform.exchange.connectors.sqlite.session import OPTIONS
from onecity.platform.exchange.contracts.flows import ConnectionText
from onecity.platform.exchange.contracts.sharing import NewSupply
from onecity.platform.exchange.models import Connection
from onecity.platform.exchange.services.flows.connections import create_connection
from onecity.platform.exchange.services.sharing.supply import SupplyRefused, set_supply
from onecity.platform.exchange.tests.sharing_factories import (
    SYSTEM,
    Departments,
    make_dataset,
    make_departments,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def departments() -> Departments:
    return make_departments()


@pytest.fixture
def connections(departments: Departments, now: datetime) -> None:
    place = {item.name: "/nowhere.db" for item in OPTIONS if item.required}
    for code, owner in (("police", departments.provider), ("civil", departments.consumer)):
        text = ConnectionText(name=code, kind="sqlite", organisation_id=owner.id, options=place)
        create_connection(SYSTEM, code=code, text=text, now=now)


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("kind", {"kind": "telepathy"}),
        ("kind", {"kind": "declared"}),
        ("table", {"kind": "copy"}),
        ("connection_code", {"kind": "connection", "table": "cars"}),
        ("connection_code", {"kind": "connection", "connection_code": "civil", "table": "cars"}),
        ("table", {"kind": "connection", "connection_code": "police"}),
        ("subject_kind", {"kind": "copy", "table": "cars", "subject_column": "sfzh"}),
        ("subject_kind", {"kind": "copy", "table": "cars", "subject_column": "sfzh", "subject_kind": "passport"}),
        ("columns", {"kind": "copy", "table": "cars", "columns": {"unknown": "x"}}),
    ],
)
def test_incomplete_supply_names_the_field_at_fault(
    departments: Departments, connections: None, now: datetime, field: str, facts: dict[str, object]
) -> None:
    code = make_dataset(departments.provider)
    with pytest.raises(SupplyRefused) as refusal:
        set_supply(departments.officer, supply=NewSupply(dataset_code=code, **facts), now=now)  # type: ignore[arg-type]  # test data
    assert set(refusal.value.fields) == {field}
    assert Connection.objects.count() == 2


def test_only_the_provider_sets_its_supply(departments: Departments, now: datetime) -> None:
    supply = NewSupply(make_dataset(departments.provider), "copy", table="cars")
    with pytest.raises(NotPermitted):
        set_supply(departments.stranger, supply=supply, now=now)
