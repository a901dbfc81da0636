"""Puts the field gateway's parts together and runs them until cancelled."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Final

from onecity.kernel import clock
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.field.children import Children
from onecity.platform.iot.gateways.field.contract import FieldProtocol, FieldService, Moment
from onecity.platform.iot.gateways.field.datagrams import DatagramHouse
from onecity.platform.iot.gateways.field.learning import DatabaseThread
from onecity.platform.iot.gateways.field.line import FieldHouse
from onecity.platform.iot.gateways.field.orders import Lines
from onecity.platform.iot.gateways.field.rates import Rates
from onecity.platform.iot.gateways.field.servicing import ServiceIntake
from onecity.platform.iot.gateways.field.shared import Shared
from onecity.platform.iot.gateways.field.taking import Taker
from onecity.platform.iot.gateways.field.tokens import Tokens
from onecity.platform.iot.gateways.houses import raise_file_limit
from onecity.platform.iot.gateways.limits import Limits
from onecity.platform.iot.gateways.reporting import Reported, Reporter
from onecity.platform.iot.gateways.tracing import Tracer
from onecity.platform.iot.services.changes import ChangeListener
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.positions import Positions
from onecity.platform.iot.services.presence import Presence
from onecity.platform.iot.services.store import GroupWriter

SWEEP_S: Final = 0.5
Ready = Callable[[Mapping[str, int]], None]


class FieldGateway:
    """One process for every field protocol. ports: where to listen, by protocol, if not where the protocol says."""

    def __init__(self, host: str, *, limits: Limits, ports: Mapping[str, int]) -> None:
        self._host = host
        self._limits = limits
        self._ports = ports
        self._reported: list[Reported] = []
        self._work: list[Coroutine[None, None, None]] = []
        self._started: dict[str, asyncio.Future[int]] = {}
        self._intakes: list[ServiceIntake] = []
        self._children: list[Children] = []
        self._loop = asyncio.get_running_loop()
        directory, tracer = Directory(), Tracer()
        self._shared = Shared(
            directory=directory,
            tokens=Tokens(),
            presence=Presence(),
            positions=Positions(),
            writer=GroupWriter(),
            lines=Lines(directory, tracer, later=self._later, now=self._now),
            tracer=tracer,
            rates=Rates(limits),
            database=DatabaseThread(),
            later=self._later,
            now=self._now,
        )

    async def run(self, entries: Sequence[FieldProtocol | FieldService], *, ready: Ready) -> None:
        """Serve until cancelled; what was taken is committed before this returns. ready: called with the ports.

        Raises: OSError if somebody else listens on one of them.
        """
        raise_file_limit()
        for entry in entries:
            if isinstance(entry, FieldService):
                self._add_service(entry)
            else:
                self._add_protocol(entry)
        shared = self._shared
        errands = [shared.tracer.flush, shared.positions.flush, shared.lines.send_waiting]
        reporter = Reporter(self._reported, presence=shared.presence, errands=errands)
        listener = ChangeListener(self._heard)
        threads = (shared.writer, listener, reporter)
        for thread in threads:
            thread.start()
        try:
            await self._serve(ready)
        finally:
            await asyncio.to_thread(shared.writer.stop)
            await asyncio.sleep(0)  # what was committed last is answered now
            listener.stop()
            reporter.stop()
            await asyncio.to_thread(shared.database.stop)

    async def _serve(self, ready: Ready) -> None:
        async with asyncio.TaskGroup() as group:
            for work in self._work:
                group.create_task(work)
            for children in self._children:
                group.create_task(children.run())
            ready({code: await started for code, started in self._started.items()})

    def _add_protocol(self, entry: FieldProtocol) -> None:
        port = self._ports.get(entry.code, entry.port)
        if port < 0:
            return
        limits = replace(self._limits, first_frame_s=entry.first_word_s, idle_s=entry.idle_s)
        counters = Counters()
        taker = Taker(
            entry.code, self._shared, counters=counters, limits=limits, issues=entry.issues, children=entry.has_children
        )
        started: asyncio.Future[int] = self._loop.create_future()
        self._started[entry.code] = started
        if entry.transport == "udp":
            datagrams = DatagramHouse(entry, taker, limits=limits)
            self._work.append(datagrams.serve(self._host, port, started=started))
        else:
            house = FieldHouse(entry, taker, writer=self._shared.writer, limits=limits)
            self._work.append(house.serve(self._host, port, started=started))
            if entry.has_children:
                self._children.append(Children(house))
        self._reported.append(Reported(entry.code, f"{entry.transport} {self._host}:{port}", counters))

    def _add_service(self, entry: FieldService) -> None:
        if self._ports.get(entry.code, 0) < 0:
            return
        counters = Counters()
        taker = Taker(entry.code, self._shared, counters=counters, limits=self._limits, children=True)
        intake = ServiceIntake(entry, taker)
        self._intakes.append(intake)
        self._work.append(intake.run())
        self._reported.append(Reported(entry.code, "", counters))

    def _heard(self, device_key: str) -> None:
        self._later(lambda: self._changed(device_key))

    def _changed(self, device_key: str) -> None:
        self._shared.directory.forget(device_key)
        self._shared.tokens.forget(device_key)
        for intake in self._intakes:
            intake.changed(device_key)
        for children in self._children:
            children.changed()

    def _later(self, act: Callable[[], None]) -> object:
        return self._loop.call_soon_threadsafe(act)

    def _now(self) -> Moment:
        return Moment(clock.city_now(), self._loop.time())


async def run_field(
    host: str,
    entries: Sequence[FieldProtocol | FieldService],
    *,
    limits: Limits,
    ports: Mapping[str, int],
    ready: Ready,
) -> None:
    """Run the gateway until cancelled. ports: below zero for a protocol that is not to be spoken here."""
    await FieldGateway(host, limits=limits, ports=ports).run(entries, ready=ready)
