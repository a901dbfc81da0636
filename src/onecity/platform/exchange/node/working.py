"""The node's work: say what is here, ask for runs, carry them out, tell how they ended."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import msgspec

from onecity.kernel.errors import OneCityError, Unavailable
from onecity.platform.exchange.codecs.plans import from_json, to_json
from onecity.platform.exchange.connectors import registry
from onecity.platform.exchange.connectors.contract import Connector, NotUnderstood, Unreachable
from onecity.platform.exchange.contracts.nodes import (
    HUB_KIND,
    NODE_KIND,
    VERSION,
    FailedCall,
    Hello,
    NodePlace,
    NodeWork,
)
from onecity.platform.exchange.contracts.outcomes import Outcome
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import Plan
from onecity.platform.exchange.engine.run import run as run_engine
from onecity.platform.exchange.node.client import HubClient, StopRun
from onecity.platform.exchange.node.config import NodeConfig
from onecity.platform.exchange.node.hub import HubConnector, NodeJournal

HELLO_EVERY_S: Final = 300.0
PAUSES_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
Say = Callable[[str], None]


class Node:
    """A node at work, until `stop` is called."""

    def __init__(self, config: NodeConfig, *, say: Say) -> None:
        self._config, self._say = config, say
        self._client = HubClient(config)
        self._stopped = False

    def stop(self) -> None:
        """Take no more work; what is under way is left where it is and goes on at the next start."""
        self._stopped = True

    def serve(self) -> None:
        """Work until stopped. Raises: ShutOut if the hub does not let this node in."""
        greeted_at, misses = -HELLO_EVERY_S, 0
        while not self._stopped:
            try:
                if time.monotonic() - greeted_at >= HELLO_EVERY_S:
                    self.greet()
                    greeted_at = time.monotonic()
                work = self._next()
                misses = 0
            except Unreachable as fault:
                pause = PAUSES_S[min(misses, len(PAUSES_S) - 1)]
                self._say(f"hub: {fault.sentence()} ({pause:.0f} s)")
                misses += 1
                time.sleep(pause)
                continue
            if work is not None:
                self.carry_out(work)
        self._client.close()

    def greet(self) -> None:
        """Tell the hub which places lie here and what is in them."""
        places = tuple(look(name, place) for name, place in self._config.places.items())
        self._client.post("/v1/hello", msgspec.json.encode(to_json(Hello(VERSION, places))))
        self._say(f"hub: {', '.join(f'{item.name} ({len(item.tables)})' for item in places)}")

    def carry_out(self, work: NodeWork) -> None:
        """Do one run to its end and tell the hub; a run that the hub stopped is simply let go."""
        self._say(f"{work.name}: {work.plan.source_table}")
        try:
            outcome = run_engine(
                self._with_places(work.plan),
                run=work.name,
                journal=NodeJournal(self._client, work.task),
                since=work.since,
                connectors=lambda kind: self._connector(kind, work.task),
            )
            self._end(work, outcome)
        except StopRun:
            self._say(f"{work.name}: stopped")
        except OneCityError as fault:
            self._say(f"{work.name}: {fault.sentence()}")
            self._fail(work, FailedCall(fault.sentence(), again=isinstance(fault, Unavailable)))

    def _end(self, work: NodeWork, outcome: Outcome) -> None:
        self._client.post(f"/v1/tasks/{work.task}/done", msgspec.json.encode(to_json(outcome)))
        self._say(f"{work.name}: {outcome.counts.landed} / {outcome.counts.read}")

    def _fail(self, work: NodeWork, call: FailedCall) -> None:
        try:
            self._client.post(f"/v1/tasks/{work.task}/failed", msgspec.json.encode(to_json(call)))
        except (OneCityError, StopRun) as fault:
            self._say(f"{work.name}: {fault}")

    def _next(self) -> NodeWork | None:
        body = self._client.post("/v1/work")
        return None if body is None else from_json(msgspec.json.decode(body), NodeWork)

    def _connector(self, kind: str, task: int) -> Connector:
        return HubConnector(self._client, task) if kind == HUB_KIND else registry.connector(kind)

    def _with_places(self, plan: Plan) -> Plan:
        return replace(plan, source=self._local(plan.source), target=self._local(plan.target))

    def _local(self, place: Place) -> Place:
        if place.kind != NODE_KIND:
            return place
        found = self._config.places.get(str(place.options.get("place")))
        if found is None:
            raise NotUnderstood(params={"reason": f"{place.options.get('place')}"})
        return found


def look(name: str, place: Place) -> NodePlace:
    """Return what lies at a place, or why it cannot be looked into."""
    try:
        tables = tuple(registry.connector(place.kind).discover(place))
    except OneCityError as fault:
        return NodePlace(name, place.kind, fault=fault.sentence())
    return NodePlace(name, place.kind, tables)
