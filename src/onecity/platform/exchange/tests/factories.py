"""The smallest valid objects of flows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest

from onecity.kernel.actor import system_actor
from onecity.platform.exchange.contracts.blocks import Loading, Position
from onecity.platform.exchange.contracts.flows import ConnectionText, FlowText, NewFlow
from onecity.platform.exchange.contracts.outcomes import Outcome
from onecity.platform.exchange.contracts.plans import Check, CheckKind, ColumnMap, Plan
from onecity.platform.exchange.contracts.tables import LogicalType as L
from onecity.platform.exchange.engine.journal import Journal
from onecity.platform.exchange.engine.run import run
from onecity.platform.exchange.models import Connection, Flow, Run
from onecity.platform.exchange.services.flows.carrying import carry_out
from onecity.platform.exchange.services.flows.connections import create_connection
from onecity.platform.exchange.services.flows.drafting import draft_flow
from onecity.platform.exchange.services.flows.publishing import publish_flow
from onecity.platform.exchange.services.flows.running import start_run
from onecity.platform.exchange.tests.departments import COLUMNS, TARGET, Department
from onecity.platform.identity.tests.factories import Organisation, make_organisation
from onecity.platform.jobs.api import Cancelled

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
ROOT = system_actor("test")
_numbers = count(1)
MAPS = (
    ColumnMap("id", L.INTEGER, "id"),
    ColumnMap("number", L.TEXT, "number"),
    ColumnMap("name", L.TEXT, "name"),
    ColumnMap("sex", L.TEXT, "sex", codes={"男": "1", "女": "2"}),
    ColumnMap("born", L.DATE, "born"),
    ColumnMap("income", L.DECIMAL, "income", precision=10, scale=2),
    ColumnMap("changed_at", L.TIMESTAMP, "changed_at"),
)
CHECKS = (
    Check("identifier.number", CheckKind.IDENTIFIER, ("number",), ("citizen_id",), dimension="accuracy"),
    Check("not_null.name", CheckKind.NOT_NULL, ("name",), dimension="completeness"),
)
TEXT = FlowText(
    source="",
    source_table="dept.people",
    source_columns=COLUMNS,
    target="",
    target_shape=TARGET,
    columns=MAPS,
    loading=Loading.MERGE,
    checks=CHECKS,
    sensitive={"name": "masked_name"},
)


class Quiet:
    """A job's progress that nobody watches; it can be told to stop the job at a report."""

    def __init__(self, *, stop_at: int | None = None) -> None:
        self.reports = 0
        self._stop_at = stop_at

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Count the report. Raises: Cancelled at the report that was named."""
        self.reports += 1
        if self._stop_at is not None and self.reports >= self._stop_at:
            raise Cancelled


def make_connection(
    department: Department, *, organisation: Organisation | None = None, at_once: int = 2, rate: int = 0
) -> Connection:
    """Make a connection to the department's database."""
    owner = organisation or make_organisation("数据局")
    text = ConnectionText(
        name="人口库",
        kind="postgresql",
        organisation_id=owner.id,
        options=department.options,
        secret=department.secret or None,
        at_once=at_once,
        rows_per_second=rate,
    )
    return Connection.objects.get(id=create_connection(ROOT, code=f"conn-{next(_numbers)}", text=text, now=NOW))


def make_text(connection: Connection, **changes: object) -> FlowText:
    """Return a flow's text from the department's people to its hub."""
    text = replace(TEXT, source=connection.code, target=connection.code)
    return replace(text, **changes)  # type: ignore[arg-type]  # tests name the fields that they change


def make_flow(
    connection: Connection, *, published: bool = True, owner_id: int | None = None, dataset: str = "", **changes: object
) -> Flow:
    """Make a flow, published unless told otherwise."""
    new = NewFlow(
        code=f"flow-{next(_numbers)}",
        name="人口汇聚",
        organisation_id=connection.organisation_id,
        owner_id=owner_id,
        dataset_code=dataset,
    )
    flow_id = draft_flow(ROOT, new=new, text=make_text(connection, **changes), now=NOW)
    if published:
        publish_flow(ROOT, flow_id=flow_id, now=NOW)
    return Flow.objects.get(id=flow_id)


def at_once(plan: Plan, name: str, journal: Journal, since: Position | None) -> Outcome:
    """Carry out a plan without waiting for the other side to come back."""
    return run(plan, run=name, journal=journal, since=since, pauses_s=())


def work(run_id: int, *, stop_at: int | None = None) -> Run:
    """Do a run as a worker would; return how it stands afterwards."""
    carry_out(run_id, progress=Quiet(stop_at=stop_at), engine=at_once)
    return Run.objects.get(id=run_id)


def run_flow(flow: Flow) -> Run:
    """Start a run and do it."""
    return work(start_run(ROOT, flow_id=flow.id, now=NOW))


def raises_field(error: pytest.ExceptionInfo[BaseException]) -> Mapping[str, str]:
    """Return the fields that a refusal names."""
    fields = getattr(error.value, "fields", {})
    assert isinstance(fields, dict)
    return fields
