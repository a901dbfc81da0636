"""The entity sets of SensorThings and where each of their parts stands in the tables.

In SQL here `{a}` is the alias of an entity's own rows, `{k}` a relation's key at its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh


class Kind(Enum):
    """What a property holds. PERIOD: an instant or an interval; two columns. PLACE: JSON with a geometry beside it.
    RESULT: JSON with the store's number beside it.
    """

    TEXT = "text"
    JSON = "json"
    PLACE = "place"
    INSTANT = "instant"
    PERIOD = "period"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Property:
    """A property. sql: its column. beside: the end of a period, the geometry of a place, the number of a result.

    shown_null: stands as null in an entity where it has no value. required: of an entity that is created.
    """

    name: str
    kind: Kind
    sql: str
    beside: str = ""
    required: bool = False
    shown_null: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A way to another entity set. key: at the source. match: finds the target's rows `{a}` by the key `{k}`."""

    name: str
    target: str
    many: bool
    key: str
    match: str


@dataclass(frozen=True, slots=True)
class EntitySet:
    """An entity set. rows: its FROM. scope: the alias whose organisation and division count. id: its number."""

    name: str
    singular: str
    rows: str
    properties: tuple[Property, ...]
    relations: tuple[Relation, ...]
    id: str = "{a}.id"
    by_id: str = "{a}.id = {k}"
    scope: str = "{a}"
    order: tuple[str, ...] = ("{a}.id",)
    city_wide: str = ""

    def property(self, name: str) -> Property | None:
        """Return a property; None if there is none of this name."""
        return next((item for item in self.properties if item.name == name), None)

    def relation(self, name: str) -> Relation | None:
        """Return a relation, also by the other number of its name (`Location` for `Locations`)."""
        for item in self.relations:
            if name in {item.name, SETS[item.target].singular, item.target}:
                return item
        return None


def _many(target: str, match: str) -> Relation:
    return Relation(name=target, target=target, many=True, key="{a}.id", match=match)


def _one(name: str, target: str, key: str) -> Relation:
    return Relation(name=name, target=target, many=False, key=key, match="{a}.id = {k}")


_NAMED: Final = (
    Property("name", Kind.TEXT, "{a}.name", required=True),
    Property("description", Kind.TEXT, "{a}.description", required=True),
)
_PROPERTIES: Final = Property("properties", Kind.JSON, "{a}.properties")
_THINGS_AT: Final = "{a}.id IN (SELECT thing_id FROM iot_sta_thinglocation WHERE location_id = {k})"
_PLACES_OF: Final = "{a}.id IN (SELECT location_id FROM iot_sta_thinglocation WHERE thing_id = {k})"
_STAYS_AT: Final = "{a}.id IN (SELECT history_id FROM iot_sta_historicalplace WHERE location_id = {k})"
_STAYED_AT: Final = "{a}.id IN (SELECT location_id FROM iot_sta_historicalplace WHERE history_id = {k})"
_OBSERVED: Final = """{a}.datastream_id IN (SELECT id FROM iot_sta_datastream WHERE feature_id = {k}
    UNION SELECT datastream_id FROM iot_sta_observation WHERE feature_id = {k})
    AND COALESCE({a}_s.feature_id, {a}_d.feature_id) = {k}"""
_OBSERVATION: Final = """({a}.datastream_id, {a}.phenomenon_at) IN (
    SELECT datastream_id, phenomenon_at FROM iot_sta_observation WHERE number = {k}
    UNION ALL SELECT o.datastream_id, o.phenomenon_at FROM iot_observation o
    WHERE {k} >= 2199023255552 AND o.datastream_id = ({k} >> 41)::integer
        AND o.phenomenon_at >= timestamptz '2000-01-01 00:00:00Z' + ({k} & 2199023255551) * interval '1 millisecond'
        AND o.phenomenon_at < timestamptz '2000-01-01 00:00:00.001Z'
            + ({k} & 2199023255551) * interval '1 millisecond'
        AND NOT EXISTS (SELECT FROM iot_sta_observation n WHERE n.datastream_id = o.datastream_id
            AND n.phenomenon_at = o.phenomenon_at AND n.number IS NOT NULL))"""
_RESULT: Final = "COALESCE({a}_s.result, to_jsonb({a}.result))"
_NUMBER: Final = """COALESCE({a}_s.number, ({a}.datastream_id::bigint << 41)
    + floor(extract(epoch FROM {a}.phenomenon_at) * 1000)::bigint - 946684800000)"""
_FIRST_OBSERVED: Final = """(SELECT f.phenomenon_at FROM iot_observation f WHERE f.datastream_id = {a}.id
    ORDER BY f.phenomenon_at LIMIT 1)"""

_ALL: Final = (
    EntitySet(
        "Things",
        "Thing",
        "iot_sta_thing {a}",
        (*_NAMED, _PROPERTIES),
        (
            _many("Locations", _PLACES_OF),
            _many("HistoricalLocations", "{a}.thing_id = {k}"),
            _many("Datastreams", "{a}.thing_id = {k}"),
        ),
    ),
    EntitySet(
        "Locations",
        "Location",
        "iot_sta_location {a}",
        (
            *_NAMED,
            Property("encodingType", Kind.TEXT, "{a}.encoding_type", required=True),
            Property("location", Kind.PLACE, "{a}.location", "{a}.geometry", required=True),
            _PROPERTIES,
        ),
        (
            _many("Things", _THINGS_AT),
            _many("HistoricalLocations", _STAYS_AT),
        ),
    ),
    EntitySet(
        "HistoricalLocations",
        "HistoricalLocation",
        "iot_sta_historicallocation {a}",
        (Property("time", Kind.INSTANT, "{a}.time", required=True),),
        (
            _one("Thing", "Things", "{a}.thing_id"),
            _many("Locations", _STAYED_AT),
        ),
    ),
    EntitySet(
        "Datastreams",
        "Datastream",
        "iot_sta_datastream {a} LEFT JOIN iot_latest {a}_l ON {a}_l.datastream_id = {a}.id",
        (
            *_NAMED,
            Property("observationType", Kind.TEXT, "{a}.observation_type", required=True),
            Property("unitOfMeasurement", Kind.JSON, "{a}.unit", required=True),
            Property("observedArea", Kind.PLACE, "{a}.observed_area", "{a}.area"),
            Property("phenomenonTime", Kind.PERIOD, _FIRST_OBSERVED, "{a}_l.phenomenon_at"),
            Property("resultTime", Kind.PERIOD, "{a}.result_from", "{a}.result_until"),
            _PROPERTIES,
        ),
        (
            _one("Thing", "Things", "{a}.thing_id"),
            _one("Sensor", "Sensors", "{a}.sensor_id"),
            _one("ObservedProperty", "ObservedProperties", "{a}.observed_property_id"),
            _many("Observations", "{a}.datastream_id = {k}"),
        ),
    ),
    EntitySet(
        "Sensors",
        "Sensor",
        "iot_sta_sensor {a}",
        (
            *_NAMED,
            Property("encodingType", Kind.TEXT, "{a}.encoding_type", required=True),
            Property("metadata", Kind.JSON, "{a}.metadata", required=True),
            _PROPERTIES,
        ),
        (_many("Datastreams", "{a}.sensor_id = {k}"),),
        city_wide="{a}.id IN (SELECT v.sensor_id FROM iot_sta_datastream v WHERE {scope})",
    ),
    EntitySet(
        "ObservedProperties",
        "ObservedProperty",
        "iot_sta_observedproperty {a}",
        (
            *_NAMED,
            Property("definition", Kind.TEXT, "{a}.definition", required=True),
            _PROPERTIES,
        ),
        (_many("Datastreams", "{a}.observed_property_id = {k}"),),
        city_wide="{a}.id IN (SELECT v.observed_property_id FROM iot_sta_datastream v WHERE {scope})",
    ),
    EntitySet(
        "Observations",
        "Observation",
        "iot_observation {a} LEFT JOIN iot_sta_observation {a}_s"
        " ON {a}_s.datastream_id = {a}.datastream_id AND {a}_s.phenomenon_at = {a}.phenomenon_at"
        " LEFT JOIN iot_sta_datastream {a}_d ON {a}_d.id = {a}.datastream_id",
        (
            Property("phenomenonTime", Kind.PERIOD, "COALESCE({a}_s.begins_at, {a}.phenomenon_at)", "{a}_s.ends_at"),
            Property("result", Kind.RESULT, _RESULT, "{a}.result", required=True, shown_null=True),
            Property("resultTime", Kind.INSTANT, "{a}_s.result_at", shown_null=True),
            Property("resultQuality", Kind.JSON, "{a}_s.result_quality"),
            Property("validTime", Kind.PERIOD, "{a}_s.valid_from", "{a}_s.valid_until"),
            Property("parameters", Kind.JSON, "{a}_s.parameters"),
        ),
        (
            _one("Datastream", "Datastreams", "{a}.datastream_id"),
            _one("FeatureOfInterest", "FeaturesOfInterest", "COALESCE({a}_s.feature_id, {a}_d.feature_id)"),
        ),
        id=_NUMBER,
        by_id=_OBSERVATION,
        scope="{a}_d",
        order=("{a}.datastream_id", "{a}.phenomenon_at"),
    ),
    EntitySet(
        "FeaturesOfInterest",
        "FeatureOfInterest",
        "iot_sta_feature {a}",
        (
            *_NAMED,
            Property("encodingType", Kind.TEXT, "{a}.encoding_type", required=True),
            Property("feature", Kind.PLACE, "{a}.feature", "{a}.geometry", required=True),
            _PROPERTIES,
        ),
        (_many("Observations", _OBSERVED),),
    ),
)
SETS: Final[Mapping[str, EntitySet]] = MappingProxyType({item.name: item for item in _ALL})
SINGULAR: Final[Mapping[str, EntitySet]] = MappingProxyType({item.singular: item for item in _ALL})


class NoSuchPath(NotFound):
    """A resource path that leads nowhere."""

    code = "iot.sensorthings_path"
    message = zh("没有这个资源：{path}")
