"""Types as documents: what is read is written back, faults are named by their place, editions are compared."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.declare import DeviceType, ObservedProperty, ValueKind
from onecity.platform.iot.rules.type_documents import (
    BadDocument,
    changes_between,
    from_common_shape,
    is_common_shape,
    read_type,
    to_common_shape,
    written_type,
)
from onecity.platform.iot.tests.devices.documents import METER
from onecity.platform.iot.tests.factories import AIR


def meter() -> DeviceType:
    return read_type("city.meter", edition=1, content=METER)


def altered(path: str, value: object) -> dict[str, object]:
    """Return the document with one value changed; `path` as in faults."""
    document = deepcopy(METER)
    place: object = document
    *way, last = path.split(".")
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]  # type: ignore[index]  # JSON
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value  # type: ignore[index]  # JSON
    return document


def test_document_is_read_whole() -> None:
    kind = meter()
    assert [item.code for item in kind.properties] == ["flow", "valve", "interval", "model"]
    assert kind.properties[0] == ObservedProperty("flow", "瞬时流量", kind.properties[0].unit, 2, lowest=0, highest=5)
    assert (kind.silent_after_s, kind.edition, kind.events[0].severity) == (600, 1, "major")
    turn = kind.command("turn_valve")
    assert turn is not None
    assert (turn.timeout_s, turn.retries, [item.code for item in turn.takes]) == (30, 2, ["opening", "why"])


def test_what_is_read_is_written_back() -> None:
    assert read_type("city.meter", edition=1, content=written_type(meter())) == meter()


def test_declared_type_can_be_written_and_read() -> None:
    kind = read_type(AIR.code, edition=0, content=written_type(AIR))
    assert [item.code for item in kind.properties] == [item.code for item in AIR.properties]
    assert kind.commands[0].takes == ()
    assert kind.commands[1].takes[0].highest == 3600


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", ""),
        ("name", None),
        ("name", "长" * 81),
        ("silent_after_s", 5),
        ("silent_after_s", True),
        ("properties", {}),
        ("properties", "text"),
        ("properties", [{}] * 301),
        ("properties.0", 3),
        ("properties.0.code", "1flow"),
        ("properties.0.code", "流量"),
        ("properties.1.code", "flow"),
        ("properties.0.name", 7),
        ("properties.0.name", "空\0字"),
        ("properties.0.kind", "vector"),
        ("properties.0.unit", "立方"),
        ("properties.0.decimals", 10),
        ("properties.0.lowest", "zero"),
        ("properties.0.lowest", float("inf")),
        ("properties.0.highest", -1),
        ("properties.0.writable", "yes"),
        ("properties.3.unit", "m"),
        ("properties.3.lowest", 1),
        ("properties.3.choices", [{"value": 1, "name": "一"}]),
        ("properties.1.choices", []),
        ("properties.1.choices.1.value", 0),
        ("events.0.severity", "loud"),
        ("events.0.fields.0.unit", "立方"),
        ("commands.0.timeout_s", 0),
        ("commands.0.retries", 21),
        ("commands.0.arguments.1.longest", 0),
        ("commands.0.arguments.1.code", "opening"),
        ("commands.1.confirmation", "perhaps"),
        ("mappings.0.protocol", "pigeon"),
        ("mappings.0.fields.0.property", "pressure"),
        ("mappings.0.fields.0.scale", 0),
    ],
)
def test_fault_is_named_by_its_place(path: str, value: object) -> None:
    with pytest.raises(BadDocument) as refusal:
        read_type("city.meter", edition=1, content=altered(path, value))
    assert path in refusal.value.fields


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(BadDocument) as refusal:
        read_type("city.x", edition=1, content={"name": "", "properties": [{"code": "", "name": ""}]})
    assert set(refusal.value.fields) == {"name", "properties.0.code", "properties.0.name"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "name", "kind", "choices", "fields", "unit"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["name", "properties", "events", "commands", "mappings", "services"]), json_values)
)
def test_any_json_is_read_or_refused(document: dict[str, object]) -> None:
    own = from_common_shape(document, name="x") if is_common_shape(document) else document
    try:
        kind = read_type("city.any", edition=1, content=own)
    except BadDocument:
        return
    assert read_type("city.any", edition=1, content=written_type(kind)) == kind


def test_nothing_changed_is_no_change() -> None:
    assert changes_between(meter(), meter()) == []


@pytest.mark.parametrize(
    ("path", "value", "place", "breaks"),
    [
        ("name", "水表", "name", False),
        ("properties.0.highest", 6, "properties.flow.highest", False),
        ("properties.0.unit", "L/s", "properties.flow.unit", True),
        ("commands.0.retries", 3, "commands.turn_valve.retries", False),
        ("mappings.0.fields", [], "mappings.mqtt.fields", False),
    ],
)
def test_change_is_told_with_its_place(path: str, value: object, place: str, breaks: bool) -> None:
    found = changes_between(meter(), read_type("city.meter", edition=2, content=altered(path, value)))
    assert [(item.place, item.what, item.breaks) for item in found] == [(place, "changed", breaks)]


def test_property_that_goes_breaks_and_one_that_comes_does_not() -> None:
    properties = METER["properties"]
    assert isinstance(properties, list)
    less = read_type("city.meter", edition=2, content={**METER, "properties": properties[:3]})
    assert [(item.place, item.what, item.breaks) for item in changes_between(meter(), less)] == [
        ("properties.model", "removed", True)
    ]
    assert [(item.what, item.breaks) for item in changes_between(less, meter())] == [("added", False)]


def test_common_shape_keeps_properties_events_and_commands() -> None:
    shape = to_common_shape(meter())
    assert is_common_shape(shape)
    assert not is_common_shape(METER)
    back = read_type("city.meter", edition=1, content=from_common_shape(shape, name="x"))
    assert [(item.code, item.kind, item.unit.code, item.lowest, item.highest) for item in back.properties] == [
        (item.code, item.kind, item.unit.code, item.lowest, item.highest) for item in meter().properties
    ]
    assert back.properties[2].writable
    assert [item.code for item in back.commands] == ["turn_valve", "blink", "read_now"]
    assert back.events[0].severity == "major"


def test_makers_document_is_taken_over() -> None:
    document = {
        "schema": "…",
        "profile": {"productKey": "a1"},
        "properties": [
            {
                "identifier": "CurrentTemperature",
                "name": "当前温度",
                "accessMode": "rw",
                "dataType": {"type": "float", "specs": {"min": "-40", "max": "55", "unit": "°C", "step": "0.1"}},
            },
            {
                "identifier": "PowerSwitch",
                "name": "电源",
                "dataType": {"type": "bool", "specs": {"0": "关", "1": "开"}},
            },
            {"identifier": "Loc", "name": "位置", "dataType": {"type": "struct", "specs": [{"identifier": "lon"}]}},
        ],
        "events": [{"identifier": "post", "name": "post"}, {"identifier": "Error", "name": "故障", "type": "error"}],
        "services": [
            {"identifier": "set"},
            {"identifier": "Reboot", "name": "重启", "callType": "async", "inputData": []},
        ],
    }
    kind = read_type("city.t", edition=1, content=from_common_shape(document, name="温度计"))
    first, switch, place = kind.properties
    assert (first.unit.code, first.lowest, first.highest, first.writable) == ("Cel", -40, 55, True)
    assert [choice.name for choice in switch.choices] == ["关", "开"]
    assert place.kind is ValueKind.OBJECT
    assert [(item.code, item.confirmation) for item in kind.commands] == [("Reboot", "accepted")]
    assert ([item.code for item in kind.events], kind.name) == (["Error"], "温度计")


def test_kind_that_nobody_knows_is_named() -> None:
    document = {"services": [], "properties": [{"identifier": "x", "name": "x", "dataType": {"type": "quaternion"}}]}
    with pytest.raises(BadDocument) as refusal:
        read_type("city.t", edition=1, content=from_common_shape(document, name="t"))
    assert list(refusal.value.fields) == ["properties.0.kind"]
