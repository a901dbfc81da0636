"""Readings in, acknowledged after the commit: HJ 212 over TCP beside raw COPY, MQTT beside broker and parse.

Gateways run as processes of their own, as in the city; the load is prepared before the clock starts.
"""

from benchmarks.ingest_mqtt import MqttBench
from benchmarks.ingest_tcp import TcpBench
from benchmarks.report import Result, progress
from benchmarks.turns import value_and_limit

TURNS, QUICK_TURNS = 5, 3


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of `benchmarks.__main__`
    """Measure both ways in."""
    turns = QUICK_TURNS if quick else TURNS
    progress("HJ 212 frames over TCP")
    with TcpBench(minutes=15 if quick else 40) as tcp:
        frames, copied = value_and_limit(tcp.through_the_gateway, tcp.raw_copy, turns=turns)
    progress("JSON messages over MQTT")
    with MqttBench(rounds=40 if quick else 120) as mqtt:
        messages, parsed = value_and_limit(mqtt.through_the_gateway, mqtt.parsed_only, turns=turns)
    return [
        Result("tcp_frames", frames, "observations/s", copied, "raw COPY of such rows into the same table", "higher"),
        Result("mqtt_messages", messages, "messages/s", parsed, "broker + parse, no database", "higher"),
    ]
