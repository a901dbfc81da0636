"""Coverage-guided fuzzing of the codecs that stand over kept libraries; run by hand, for as long as one likes.

python tests/fuzz/fuzz_kept_libraries.py [sparkplug|mqtt|lwm2m|cbor|thingsboard] [-max_total_time=60]
"""

import sys
from collections.abc import Callable, Mapping

import atheris

with atheris.instrument_imports(include=["onecity.platform.iot.codecs"]):
    from onecity.platform.iot.codecs import cbor, lwm2m, thingsboard
    from onecity.platform.iot.codecs.mqtt.reading import Malformed as NotMqtt
    from onecity.platform.iot.codecs.mqtt.serving import RequestReader
    from onecity.platform.iot.codecs.sparkplug import Kind, Malformed, Node, decode


GREETINGS = (
    b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02d1",
    b"\x10\x0f\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x02d1",
)


def sparkplug(data: bytes) -> None:
    """One message of each kind, made of the same bytes."""
    node = Node()
    try:
        payload = decode(data)
    except Malformed:
        return
    for kind in Kind:
        node.hear(kind, "m1" if kind.startswith("D") else "", payload)


def mqtt(data: bytes) -> None:
    """What follows a greeting, in either version."""
    for greeting in (
        b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02d1",
        b"\x10\x0f\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x02d1",
    ):
        reader = RequestReader()
        reader.feed(greeting)
        try:
            reader.feed(data)
        except NotMqtt:
            continue


def lwm2m_bodies(data: bytes) -> None:
    """A body in every format."""
    for form in lwm2m.Format:
        for path in ((), (3303,), (3, 0), (3303, 0, 5700)):
            try:
                lwm2m.read(data, form, path=path)
            except lwm2m.NotReadable:
                continue


def cbor_items(data: bytes) -> None:
    """One item; what can be read must survive being written."""
    try:
        value = cbor.decode(data)
    except cbor.NotCbor:
        return
    repr(cbor.decode(cbor.encode(value)))


def thingsboard_bodies(data: bytes) -> None:
    """A body of every kind."""
    readers: tuple[Callable[[bytes], object], ...] = (
        thingsboard.points_of, thingsboard.gateway_points, thingsboard.attributes_of, thingsboard.asked_of,
        thingsboard.call_of, thingsboard.gateway_answer, thingsboard.answer_of,
    )  # fmt: skip
    for read in readers:
        try:
            read(data)
        except thingsboard.NotThingsBoard:
            continue


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "sparkplug": sparkplug,
    "mqtt": mqtt,
    "lwm2m": lwm2m_bodies,
    "cbor": cbor_items,
    "thingsboard": thingsboard_bodies,
}

if __name__ == "__main__":
    name = next((word for word in sys.argv[1:] if word in TARGETS), "sparkplug")
    atheris.Setup([word for word in sys.argv if word not in TARGETS], TARGETS[name])
    atheris.Fuzz()
