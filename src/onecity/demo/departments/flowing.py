"""The flows of the demonstration are set up: the centre's database, its connection, each flow published and begun."""

from datetime import datetime
from typing import Final

import psycopg
from psycopg import sql

from onecity.demo.departments import stores
from onecity.demo.departments.flows import FLOWS, TARGET, DemoFlow, flow_text
from onecity.demo.departments.register import CONSUMER
from onecity.kernel.actor import Actor
from onecity.platform.exchange import api as exchange
from onecity.platform.exchange.contracts.flows import ConnectionText, NewFlow
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.identity import api as identity

WAREHOUSE: Final = "checking_centre"
"""The centre's database, after the departments' prefix."""
ENGINEER: Final = "exchange"
"""Login name of the account that is told of trouble."""


def begin_flows(actor: Actor, *, address: str, place: Place, now: datetime) -> int:
    """Set up the flows that do not stand yet and start the first run of each; returns how many were set up.

    address: PostgreSQL server where databases may be made; place: the centre's database on it; now: city time.
    The departments' connections must stand. Raises: what the exchange raises.
    """
    centre = identity.organisation_by_code(CONSUMER).id
    _connect(actor, address, place, centre, now=now)
    owner = identity.find_account(ENGINEER)
    made = [
        flow_id for item in FLOWS if (flow_id := _publish(actor, item, centre, owner.id if owner else None, now=now))
    ]
    return len(made)


def warehouse() -> str:
    """Return the name of the centre's database."""
    return stores.PREFIX + WAREHOUSE


def _connect(actor: Actor, address: str, place: Place, centre: int, *, now: datetime) -> None:
    """Register the centre's database; where it was not known, it is made anew and empty."""
    text = ConnectionText(
        name="核对中心归集库",
        kind=place.kind,
        organisation_id=centre,
        options=place.options,
        secret=place.secret,
        at_once=4,
    )
    try:
        exchange.create_connection(actor, code=TARGET, text=text, now=now)
    except exchange.ConnectionExists:
        return
    with psycopg.connect(address, autocommit=True) as server:
        name = sql.Identifier(warehouse())
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))


def _publish(actor: Actor, item: DemoFlow, centre: int, owner_id: int | None, *, now: datetime) -> int:
    """Draft, publish and start one flow; a flow after another is started by that one. Returns 0 where it stands."""
    new = NewFlow(code=item.code, name=item.name, organisation_id=centre, owner_id=owner_id)
    try:
        flow_id = exchange.draft_flow(actor, new=new, text=flow_text(item), now=now)
    except exchange.FlowExists:
        return 0
    exchange.publish_flow(actor, flow_id=flow_id, now=now)
    if not item.schedule.after:
        exchange.start_run(actor, flow_id=flow_id, now=now)
    return flow_id
