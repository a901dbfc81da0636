"""Sparkplug B: published payloads byte for byte, births and what follows from them, hostile bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.sparkplug import (
    Datatype,
    Kind,
    Malformed,
    Metric,
    Node,
    Payload,
    Place,
    command,
    command_topic,
    decode,
    encode,
    parted,
    rebirth_request,
    state_topic,
    typed,
)
from onecity.platform.iot.rules import reasons

# Source: made by PyPI pysparkplug 0.6.1; the first and third were read alike by npm sparkplug-payload 1.0.3.
NBIRTH = bytes.fromhex(
    "0880d095ffbc3112120a0562645365711880d095ffbc312004580712210a144e6f646520436f6e74726f6c2f52656269727468"
    "1880d095ffbc31200b700012140a04504d32351880d095ffbc3120096500000e421800"
)
DDATA = bytes.fromhex(
    "08e0a499ffbc3112120a04504d323518e0a499ffbc31650000114212140a056c6576656c18e0a499ffbc3150fbffffff0f1801"
)
NDEATH = bytes.fromhex("0880d095ffbc3112120a0562645365711880d095ffbc3120045807")
LIVE = bytes.fromhex("08e094fcdf9f34120e0a056c6576656c2009650000c03f1802")
BORN_MS = 1_700_000_000_000


def birth(*metrics: Metric, seq: int = 0) -> Payload:
    return Payload(BORN_MS, (Metric("bdSeq", datatype=Datatype.INT64, value=7), *metrics), seq)


LEVEL = Metric("level", alias=5, datatype=Datatype.INT32, value=0)


def test_published_birth_is_read() -> None:
    payload = decode(NBIRTH)
    assert (payload.timestamp, payload.seq) == (BORN_MS, 0)
    assert [(metric.name, metric.datatype, metric.value) for metric in payload.metrics] == [
        ("bdSeq", Datatype.INT64, 7),
        ("Node Control/Rebirth", Datatype.BOOLEAN, False),
        ("PM25", Datatype.FLOAT, 35.5),
    ]


def test_published_data_is_read_with_the_datatypes_of_the_birth() -> None:
    payload = decode(DDATA)
    assert (payload.timestamp, payload.seq) == (1_700_000_060_000, 1)
    pm, level = payload.metrics
    assert typed(pm, Datatype.FLOAT) == 36.25
    assert (level.value, typed(level, Datatype.INT32)) == (4_294_967_291, -5)


def test_published_death_is_read() -> None:
    payload = decode(NDEATH)
    assert [(metric.name, metric.value) for metric in payload.metrics] == [("bdSeq", 7)]
    assert payload.seq is None


def test_published_live_data_is_read() -> None:
    payload = decode(LIVE)
    assert (payload.metrics[0].name, typed(payload.metrics[0], payload.metrics[0].datatype)) == ("level", 1.5)
    assert payload.seq == 2


@pytest.mark.parametrize("data", [NBIRTH, DDATA, NDEATH, LIVE], ids=["nbirth", "ddata", "ndeath", "live"])
def test_published_payloads_are_written_byte_for_byte(data: bytes) -> None:
    assert encode(decode(data)) == data


def test_birth_measures_numbers_and_leaves_controls_out() -> None:
    heard = Node().hear(Kind.NBIRTH, "", decode(NBIRTH))
    assert [(item.name, item.value, item.at_ms) for item in heard.measured] == [("PM25", 35.5, BORN_MS)]
    assert heard.online is True
    assert not heard.rebirth


def test_alias_alone_means_the_metric_of_the_birth() -> None:
    node = Node()
    node.hear(Kind.NBIRTH, "", birth(LEVEL))
    heard = node.hear(Kind.NDATA, "", Payload(BORN_MS, (Metric(alias=5, value=4_294_967_291),), 1))
    assert [(item.name, item.value) for item in heard.measured] == [("level", -5.0)]


def test_gap_in_the_sequence_asks_for_births_and_keeps_what_is_named() -> None:
    node = Node()
    node.hear(Kind.NBIRTH, "", birth(LEVEL))
    heard = node.hear(Kind.NDATA, "", Payload(BORN_MS, (Metric("level", value=3),), 2))
    assert heard.rebirth
    assert [item.value for item in heard.measured] == [3.0]


def test_alias_is_not_believed_after_a_gap() -> None:
    node = Node()
    node.hear(Kind.NBIRTH, "", birth(LEVEL))
    heard = node.hear(Kind.NDATA, "", Payload(BORN_MS, (Metric(alias=5, value=3),), 2))
    assert (heard.rebirth, heard.reason, heard.measured) == (True, reasons.NOT_BORN, ())


def test_alias_is_believed_again_after_the_birth_that_was_asked_for() -> None:
    node = Node()
    node.hear(Kind.NBIRTH, "", birth(LEVEL))
    node.hear(Kind.NDATA, "", Payload(BORN_MS, (Metric(alias=5, value=3),), 2))
    node.hear(Kind.NBIRTH, "", birth(LEVEL))
    heard = node.hear(Kind.NDATA, "", Payload(BORN_MS, (Metric(alias=5, value=4),), 1))
    assert (heard.rebirth, [item.value for item in heard.measured]) == (False, [4.0])


def test_sequence_goes_on_from_255_with_0() -> None:
    node = Node()
    node.hear(Kind.NBIRTH, "", birth(LEVEL, seq=254))
    for seq in (255, 0, 1):
        assert not node.hear(Kind.NDATA, "", Payload(BORN_MS, (Metric("level", value=1),), seq)).rebirth


def test_data_of_a_node_that_was_not_born_asks_for_its_birth() -> None:
    heard = Node().hear(Kind.NDATA, "", Payload(BORN_MS, (Metric("level", value=1),), 4))
    assert (heard.rebirth, heard.reason) == (True, reasons.NOT_BORN)


def test_late_data_is_read_with_the_birth_that_came_after_it() -> None:
    node = Node()
    data = Payload(BORN_MS, (Metric(alias=5, value=9),), 4)
    assert node.late("", data).reason == reasons.NOT_BORN
    node.hear(Kind.NBIRTH, "", birth(LEVEL))
    assert [item.value for item in node.late("", data).measured] == [9.0]


def test_late_data_that_the_birth_does_not_know_is_not_readable() -> None:
    node = Node()
    node.hear(Kind.NBIRTH, "", birth(LEVEL))
    assert node.late("", Payload(BORN_MS, (Metric(alias=9, value=9),), 4)).reason == reasons.NOT_SPARKPLUG


def test_devices_are_born_and_die_apart_from_their_node() -> None:
    node = Node()
    node.hear(Kind.NBIRTH, "", birth())
    assert node.hear(Kind.DBIRTH, "m1", Payload(BORN_MS, (LEVEL,), 1)).online is True
    assert node.datatype("m1", "level") == Datatype.INT32
    assert node.hear(Kind.DDATA, "m1", Payload(BORN_MS, (Metric(alias=5, value=1),), 2)).measured
    assert node.hear(Kind.DDEATH, "m1", Payload(BORN_MS, (), 3)).online is False
    assert node.datatype("m1", "level") == 0
    assert node.hear(Kind.DDATA, "m1", Payload(BORN_MS, (Metric("level", value=1),), 4)).reason == reasons.NOT_BORN


def test_birth_of_a_device_out_of_order_is_taken_and_asks_for_births() -> None:
    node = Node()
    node.hear(Kind.NBIRTH, "", birth())
    heard = node.hear(Kind.DBIRTH, "m1", Payload(BORN_MS, (LEVEL,), 3))
    assert (heard.online, heard.rebirth, len(heard.measured)) == (True, True, 1)


def test_death_of_an_older_connection_is_not_heeded() -> None:
    node = Node()
    node.hear(Kind.NBIRTH, "", birth(LEVEL))
    old = Payload(BORN_MS, (Metric("bdSeq", datatype=Datatype.INT64, value=6),))
    assert node.hear(Kind.NDEATH, "", old).online is None
    assert node.hear(Kind.NDEATH, "", decode(NDEATH)).online is False
    assert node.hear(Kind.NDATA, "", Payload(BORN_MS, (Metric("level", value=1),), 1)).reason == reasons.NOT_BORN


def test_our_own_orders_mean_nothing() -> None:
    assert Node().hear(Kind.NCMD, "", decode(command([rebirth_request()], at_ms=BORN_MS))).measured == ()


def test_null_is_told_without_a_number() -> None:
    heard = Node().hear(Kind.NBIRTH, "", birth(Metric("level", datatype=Datatype.INT32, value=None)))
    assert [(item.name, item.value) for item in heard.measured] == [("level", None)]


def test_quality_of_a_metric_is_read_from_its_properties() -> None:
    # name "t" · datatype 9 · properties { keys "Quality", values { type 3, int 0 } } · float 1.5
    properties = bytes.fromhex("0a075175616c697479") + bytes.fromhex("120408031800")
    metric = b"\x0a\x01t\x20\x09\x4a" + bytes([len(properties)]) + properties + bytes.fromhex("650000c03f")
    payload = decode(b"\x12" + bytes([len(metric)]) + metric + b"\x18\x00")
    assert (payload.metrics[0].quality, payload.metrics[0].value) == (0, 1.5)


def test_rebirth_request_is_what_hosts_send() -> None:
    assert command([rebirth_request()], at_ms=1) == bytes.fromhex("080112") + bytes([26]) + (
        b"\x0a\x14Node Control/Rebirth\x20\x0b\x70\x01"
    )


@pytest.mark.parametrize(
    ("topic", "place"),
    [
        ("spBv1.0/water/NBIRTH/gw1", Place("water", Kind.NBIRTH, "gw1")),
        ("spBv1.0/water/DDATA/gw1/m1", Place("water", Kind.DDATA, "gw1", "m1")),
        ("spBv1.0/water/DDATA/gw1", None),
        ("spBv1.0/water/NDATA/gw1/m1", None),
        ("spBv1.0/STATE/onecity", None),
        ("spAv1.0/water/NDATA/gw1", None),
        ("spBv1.0//NDATA/gw1", None),
        ("spBv1.0/water/XDATA/gw1", None),
    ],
)
def test_topics_are_taken_apart(topic: str, place: Place | None) -> None:
    assert parted(topic) == place


def test_keys_and_topics_of_orders() -> None:
    assert Place("g", Kind.DDATA, "gw1", "m1").key == "gw1:m1"
    assert command_topic("g", "gw1") == "spBv1.0/g/NCMD/gw1"
    assert command_topic("g", "gw1:m1") == "spBv1.0/g/DCMD/gw1/m1"
    assert state_topic("onecity") == "spBv1.0/STATE/onecity"
    with pytest.raises(ValueError, match="must not"):
        state_topic("one/city")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("0880", "does not end"),
        ("120a0a05", "longer than the message"),
        ("00", "without a number"),
        ("0b", "kind 3"),
        ("0a0131", "another kind"),
        ("18ff7f", "above 255"),
        ("12030a01ff", "not UTF-8"),
        ("1202080a", "another kind"),
        ("12021001", ""),
        ("1203120141", "alias"),
        ("1203520131", "another kind"),
        ("08ffffffffffffffffffff01", "does not end"),
        ("12096101000000000000", "longer"),
    ],
)
def test_spoilt_payloads_are_refused(data: str, said: str) -> None:
    if not said:
        assert decode(bytes.fromhex(data)).metrics[0].alias == 1
        return
    with pytest.raises(Malformed, match=said):
        decode(bytes.fromhex(data))


def test_spoilt_birth_asks_for_another() -> None:
    bad = birth(Metric("level", datatype=Datatype.INT32, value="text"))
    heard = Node().hear(Kind.NBIRTH, "", bad)
    assert (heard.rebirth, heard.reason) == (True, reasons.NOT_SPARKPLUG)


@pytest.mark.parametrize(
    ("datatype", "value", "means"),
    [
        (Datatype.INT8, 0xFFFFFFFB, -5),
        (Datatype.INT16, 0xFFFFFFFB, -5),
        (Datatype.INT64, 2**64 - 5, -5),
        (Datatype.UINT32, 2**32 - 5, 2**32 - 5),
        (Datatype.BOOLEAN, True, True),
        (Datatype.STRING, "open", "open"),
        (Datatype.BYTES, b"\x01", b"\x01"),
        (Datatype.DATASET, 1, None),
        (Datatype.DOUBLE, None, None),
    ],
)
def test_values_are_what_their_datatype_says(datatype: Datatype, value: object, means: object) -> None:
    assert typed(Metric("x", value=value), datatype) == means  # type: ignore[arg-type]  # one parameter, many kinds


@pytest.mark.parametrize(("datatype", "value"), [(Datatype.FLOAT, 1), (Datatype.INT8, 1.5), (99, 1), (0, 1)])
def test_values_of_another_type_are_refused(datatype: int, value: float) -> None:
    with pytest.raises(Malformed):
        typed(Metric("x", value=value), datatype)


_metrics = st.builds(
    Metric,
    name=st.text(min_size=1, max_size=20),
    alias=st.none() | st.integers(0, 2**32),
    timestamp=st.none() | st.integers(0, 2**60),
    datatype=st.sampled_from([Datatype.UINT32, Datatype.STRING, Datatype.DOUBLE, Datatype.BOOLEAN, Datatype.BYTES]),
    value=st.none(),
    is_historical=st.booleans(),
    is_transient=st.booleans(),
)
_values: dict[Datatype, st.SearchStrategy[int | float | bool | str | bytes]] = {
    Datatype.UINT32: st.integers(0, 2**32 - 1),
    Datatype.STRING: st.text(max_size=20),
    Datatype.DOUBLE: st.floats(allow_nan=False),
    Datatype.BOOLEAN: st.booleans(),
    Datatype.BYTES: st.binary(max_size=20),
}


@given(st.data(), st.lists(_metrics, max_size=5), st.none() | st.integers(0, 255))
def test_what_was_written_is_read(data: st.DataObject, metrics: list[Metric], seq: int | None) -> None:
    full = tuple(
        Metric(
            item.name, item.alias, item.timestamp, item.datatype,
            data.draw(st.none() | _values[Datatype(item.datatype)]), item.is_historical, item.is_transient,
        )
        for item in metrics
    )  # fmt: skip
    payload = Payload(BORN_MS, full, seq)
    assert decode(encode(payload)) == payload


@given(st.binary(max_size=200))
def test_no_bytes_break_the_decoder(data: bytes) -> None:
    node = Node()
    try:
        payload = decode(data)
    except Malformed:
        return
    for kind in Kind:
        node.hear(kind, "m1" if kind.startswith("D") else "", payload)
