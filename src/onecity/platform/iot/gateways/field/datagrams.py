"""The UDP side of a field protocol: one session for each sender."""

import asyncio
from typing import Final

from onecity.platform.iot.gateways.field.contract import FieldProtocol
from onecity.platform.iot.gateways.field.speakers import Speaker
from onecity.platform.iot.gateways.field.taking import Taker
from onecity.platform.iot.gateways.limits import Allowance, Limits

LOOK_AFTER_S: Final = 0.5
Address = tuple[str, int]


class Peer:
    """A sender of datagrams. Nothing leaves it waiting: what is too much is not heard, and not answered."""

    __slots__ = ("allowance", "closed", "heard_at", "house", "place", "speaker")

    def __init__(self, house: "DatagramHouse", place: Address, *, now: float) -> None:
        self.house = house
        self.place = place
        self.closed = False
        self.heard_at = now
        self.allowance = Allowance(rate=house.limits.frames_per_s, burst=house.limits.burst, now=now)
        self.speaker = Speaker(self, house.protocol.session(), protocol=house.protocol.code)
        self.speaker.address = place[0]

    @property
    def holds(self) -> bool:
        """Say that the sender cannot be left waiting."""
        return False

    def send(self, data: bytes) -> None:
        """Send one datagram."""
        if not self.closed:
            self.house.transport.sendto(data, self.place)

    def hang_up(self) -> None:
        """Forget the sender."""
        self.house.leave(self)

    def hold_back(self, seconds: float) -> None:
        """Do nothing: there is no line to hold."""


class DatagramHouse(asyncio.DatagramProtocol):
    """Owns the senders of one protocol, as many as the limits allow, and forgets those that fall silent."""

    transport: asyncio.DatagramTransport

    def __init__(self, protocol: FieldProtocol, taker: Taker, *, limits: Limits) -> None:
        self.protocol = protocol
        self.limits = limits
        self._taker = taker
        self._peers: dict[Address, Peer] = {}

    async def serve(self, host: str, port: int, *, started: "asyncio.Future[int]") -> None:
        """Listen until cancelled. started: gets the port, once it is open.

        Raises: OSError if somebody else listens there.
        """
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        started.set_result(int(transport.get_extra_info("sockname")[1]))
        try:
            while True:
                await asyncio.sleep(LOOK_AFTER_S)
                self._look_after()
        finally:
            transport.close()
            self._taker.hand_over()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the way out."""
        self.transport = transport  # type: ignore[assignment]  # uvloop's is no subclass of asyncio's

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Give a datagram to its sender's session."""
        moment = self._taker.shared.now()
        place = (addr[0], addr[1])
        peer = self._peers.get(place) or self._enter(place, moment.seconds)
        if peer is None or self._taker.is_full or peer.allowance.take(1, now=moment.seconds) > 0:
            self._taker.counters.unheard += 1
            return
        peer.heard_at = moment.seconds
        session = peer.speaker.session
        assert session is not None
        self._taker.hear(peer.speaker, session.received(data, moment))

    def leave(self, peer: Peer) -> None:
        """Forget a sender."""
        if not peer.closed:
            peer.closed = True
            del self._peers[peer.place]
            self._taker.addresses.leave(peer.place[0])
            self._taker.counters.connections = self._taker.addresses.connections
            self._taker.shared.lines.leave(peer.speaker)

    def _enter(self, place: Address, now: float) -> Peer | None:
        if not self._taker.addresses.enter(place[0]):
            return None
        peer = self._peers[place] = Peer(self, place, now=now)
        self._taker.counters.connected += 1
        self._taker.counters.connections = self._taker.addresses.connections
        return peer

    def _look_after(self) -> None:
        moment = self._taker.shared.now()
        for peer in list(self._peers.values()):
            session = peer.speaker.session
            assert session is not None
            patience_s = self.limits.idle_s if peer.speaker.keys else self.limits.first_frame_s
            if moment.seconds - peer.heard_at >= patience_s:
                self.leave(peer)
            else:
                self._taker.hear(peer.speaker, session.tick(moment))
        self._taker.counters.waiting = self._taker.shared.writer.waiting
        self._taker.counters.commits = self._taker.shared.writer.commits
