"""The limit of MQTT: the gateway's own subscriber that parses each payload, acknowledges it, and stores nothing."""

import asyncio
import sys

import uvloop

from onecity.platform.iot.codecs.mqtt import Publish
from onecity.platform.iot.codecs.telemetry import decode
from onecity.platform.iot.gateways.mqtt.link import BrokerLink, Greeting
from onecity.platform.iot.gateways.mqtt.topics import filters

NAME = "onecity-gateway-2"


async def read(port: int, secret: str, total: int) -> None:
    """Say "ready", parse so many messages, say "done"."""
    parsed = 0
    done = asyncio.Event()

    def take(link: BrokerLink, messages: list[Publish]) -> None:
        nonlocal parsed
        for _, payload, _ in messages:
            parsed += len(decode(payload))
        link.acknowledge([packet_id for _, _, packet_id in messages])
        if parsed >= total:
            done.set()

    greeting = Greeting(NAME, NAME, secret, filters(shared=False))
    _, link = await asyncio.get_running_loop().create_connection(
        lambda: BrokerLink(greeting, taken=take), "127.0.0.1", port
    )
    await link.subscribed
    print("ready", flush=True)
    await done.wait()
    print("done", flush=True)
    link.close()
    await asyncio.wait([link.lost], timeout=5)


if __name__ == "__main__":
    uvloop.run(read(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
