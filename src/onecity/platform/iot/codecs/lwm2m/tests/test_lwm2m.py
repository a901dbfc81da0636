"""LwM2M: published bytes, every format both ways, hostile bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.lwm2m import (
    Format,
    Links,
    NotLinks,
    NotReadable,
    Record,
    Scalar,
    name_of,
    read,
    read_links,
    tlv,
    write,
)
from onecity.platform.iot.codecs.lwm2m.contents import plain_text

# Source: readme of npm lwm2m-codec 0.1.1.
TEMPERATURE_TLV = bytes.fromhex("08000BE4164441F80000E1164563")
REGISTRATION = '</>;rt="oma.lwm2m";ct=110,</1/0>,</3/0>,</3303/0>'
PACK = [
    Record((3303, 0, 5700), 31.5),
    Record((3303, 0, 5701), "Cel"),
    Record((3303, 0, 5518), 1_700_000_000),
]


def test_published_tlv_is_read() -> None:
    assert read(TEMPERATURE_TLV, Format.TLV, path=(3303,)) == [
        Record((3303, 0, 5700), 31.0),
        Record((3303, 0, 5701), "c"),
    ]


def test_published_registration_is_read() -> None:
    assert read_links(REGISTRATION) == Links(((1, 0), (3, 0), (3303, 0)), (110,))


def test_objects_behind_a_root_and_with_versions_are_read() -> None:
    text = '</lwm2m>;rt="oma.lwm2m";ct="110 112",</lwm2m/5>;ver=1.1,</lwm2m/3/0>,</info>'
    assert read_links(text) == Links(((5, -1), (3, 0)), (110, 112))


@pytest.mark.parametrize("text", ["<1/0", "garbage", "</1/0>x"])
def test_what_is_no_list_of_links_is_refused(text: str) -> None:
    with pytest.raises(NotLinks):
        read_links(text)


def test_nothing_registers_nothing() -> None:
    assert read_links("") == Links(())


def test_standards_examples_of_tlv_are_read() -> None:
    # manufacturer, power sources (multiple), battery level. Source: LwM2M 1.1 Core, 7.4.3.2.1 (Device object).
    body = bytes.fromhex("C800144F70656E204D6F62696C6520416C6C69616E6365" + "8606410001410105" + "C10964")
    assert read(body, Format.TLV, path=(3, 0)) == [
        Record((3, 0, 0), "Open Mobile Alliance"),
        Record((3, 0, 6, 0), 1),
        Record((3, 0, 6, 1), 5),
        Record((3, 0, 9), 100),
    ]


@pytest.mark.parametrize("content_format", [Format.SENML_JSON, Format.SENML_CBOR, Format.TLV])
def test_what_was_written_is_read(content_format: Format) -> None:
    body = write([(item.path, item.value) for item in PACK if item.value is not None], content_format)
    assert read(body, content_format, path=(3303, 0)) == PACK


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ((3342, 0, 5500), True, b"1"),
        ((3311, 0, 5851), 40, b"40"),
        ((3, 0, 14), "+08:00", b"+08:00"),
        ((6, 0, 0), 43.9, b"43.9"),
    ],
)
def test_plain_texts_are_written_and_read(path: tuple[int, ...], value: object, text: bytes) -> None:
    assert write([(path, value)], Format.TEXT) == text  # type: ignore[list-item]  # one parameter, many kinds
    assert read(text, Format.TEXT, path=path) == [Record(path, value)]  # type: ignore[arg-type]


def test_plain_text_of_an_unknown_resource_is_a_number_where_it_reads_like_one() -> None:
    assert read(b"7.5", Format.TEXT, path=(9999, 0, 1)) == [Record((9999, 0, 1), 7.5)]
    assert read(b"\xff\x01", Format.OPAQUE, path=(9999, 0, 1)) == [Record((9999, 0, 1), b"\xff\x01")]
    assert plain_text(b"\x01") == b"\x01"


def test_base_values_of_senml_hold_for_the_records_after_them() -> None:
    body = (
        b'[{"bn":"/3303/0/","bt":1700000000,"bv":10},{"n":"5700","v":1.5,"t":-60},{"n":"5601","v":0},'
        b'{"bn":"/3304/0/","n":"5700","v":40}]'
    )
    assert read(body, Format.SENML_JSON, path=()) == [
        Record((3303, 0, 5700), 11.5, 1_699_999_940.0),
        Record((3303, 0, 5601), 10.0, 1_700_000_000.0),
        Record((3304, 0, 5700), 50.0, 1_700_000_000.0),
    ]


def test_senml_of_cbor_uses_numbers_for_names() -> None:
    # [{-2: "/3303/0/", 0: "5700", 2: 31.0}]. Source: RFC 8428, table 4.
    body = bytes.fromhex("81A321682F333330332F302F006435373030" + "02F94FC0")
    assert read(body, Format.SENML_CBOR, path=()) == [Record((3303, 0, 5700), 31.0)]


def test_opaque_values_travel_in_senml() -> None:
    for content_format in (Format.SENML_JSON, Format.SENML_CBOR):
        body = write([((5, 0, 0), b"\x00\xff\x10")], content_format)
        assert read(body, content_format, path=()) == [Record((5, 0, 0), b"\x00\xff\x10")]


@pytest.mark.parametrize(
    ("body", "content_format", "path", "said"),
    [
        (b"{", Format.SENML_JSON, (), "truncated"),
        (b"{}", Format.SENML_JSON, (), "no list"),
        (b"[]", Format.SENML_JSON, (), "no list"),
        (b"[1]", Format.SENML_JSON, (), "no object"),
        (b'[{"n":"temperature","v":1}]', Format.SENML_JSON, (), "name"),
        (b'[{"n":5,"v":1}]', Format.SENML_JSON, (), "no text"),
        (b'[{"n":"/1/0/0","v":"x"}]', Format.SENML_JSON, (), "another kind"),
        (b'[{"n":"/1/0/0","v":true}]', Format.SENML_JSON, (), "another kind"),
        (b'[{"n":"/1/0/0","t":"x","v":1}]', Format.SENML_JSON, (), "no number"),
        (b'[{"n":"/1/0/0","vd":"*"}]', Format.SENML_JSON, (), "base 64"),
        (b"\xa0", Format.SENML_CBOR, (), "no list"),
        (b"\x81", Format.SENML_CBOR, (), "too early"),
        (b"\x81\x01", Format.SENML_CBOR, (), "no object"),
        (TEMPERATURE_TLV[:-1], Format.TLV, (3303,), "longer"),
        (bytes.fromhex("E4164441F8"), Format.TLV, (3303, 0), "longer"),
        (bytes.fromhex("E3164441F800"), Format.TLV, (3303, 0), "3 bytes"),
        (bytes.fromhex("C10964"), Format.TLV, (3,), "no instance"),
        (bytes.fromhex("C100FF"), Format.TLV, (3, 0), "UTF-8"),
        (bytes.fromhex("600000"), Format.TLV, (3303,), "no resource"),
        (bytes.fromhex("02000000"), Format.TLV, (3303,), "within an instance"),
        (TEMPERATURE_TLV, Format.TLV, (), "no object"),
        (b"warm", Format.TEXT, (3303, 0, 5700), "is no float"),
        (b"2", Format.TEXT, (3342, 0, 5500), "is no boolean"),
        (b"\xff", Format.TEXT, (3, 0, 0), "is no text"),
        (b"1", Format.TEXT, (3303, 0), "content format 0"),
        (b"1", 11544, (3303, 0), "content format 11544"),
    ],
)
def test_spoilt_bodies_are_refused(body: bytes, content_format: int, path: tuple[int, ...], said: str) -> None:
    with pytest.raises(NotReadable, match=said):
        read(body, content_format, path=path)


def test_format_that_is_not_written_is_refused() -> None:
    with pytest.raises(NotReadable):
        write([((3, 0, 0), 1)], 11544)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ((3303, 0, 5700), "temperature"),
        ((3303, 2, 5700), "temperature_2"),
        ((3303, 0, 5601), "temperature_min_measured"),
        ((3, 0, 9), "battery_level"),
        ((3, 0, 7, 1), "power_voltage_0_1"),
        ((4, 0, 2), "signal_strength"),
        ((3424, 0, 1), "water_meter_cumulated_volume"),
        ((9999, 0, 1), "9999_0_1"),
    ],
)
def test_names_of_resources(path: tuple[int, ...], name: str) -> None:
    assert name_of(path) == name


@given(st.floats(allow_nan=False), st.text(max_size=300), st.integers(-(2**63), 2**63 - 1), st.booleans())
def test_values_of_every_kind_survive_tlv(number: float, text: str, whole: int, flag: bool) -> None:  # hypothesis
    values: list[tuple[int, Scalar]] = [(5700, number), (5701, text), (5518, whole), (5500, flag)]
    assert [
        (entry.path[2], entry.value) for entry in tlv.decode(tlv.encode(values, base=(3303, 0)), base=(3303, 0))
    ] == values


@given(st.binary(max_size=120), st.sampled_from(list(Format)), st.sampled_from([(3303,), (3, 0), (3303, 0, 5700), ()]))
def test_no_bytes_break_the_reader(data: bytes, content_format: Format, path: tuple[int, ...]) -> None:
    try:
        read(data, content_format, path=path)
    except NotReadable:
        return


@given(st.text(max_size=80))
def test_no_text_breaks_the_links(text: str) -> None:
    try:
        read_links(text)
    except NotLinks:
        return
