"""What modules declare to geo: layers of the one map."""

from dataclasses import dataclass
from typing import Literal

Geometry = Literal["point", "line", "polygon"]
FieldKind = Literal["text", "number", "moment", "code"]


@dataclass(frozen=True, slots=True)
class LayerField:
    """A property of a layer's features. name: the column; title: what people read."""

    name: str
    title: str
    kind: FieldKind = "text"


@dataclass(frozen=True, slots=True)
class StyleClass:
    """One class of a layer's legend: features whose `style_field` has this value. colour: a CSS variable's name."""

    value: str
    title: str
    colour: str


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of the one map: drawn as vector tiles, served as OGC API Features, listed beside the map.

    source: SQL of the declaring module over its own tables, giving `id`, `geom` (EPSG:4490/4326, longitude first),
        every field, and for a scoped layer `organisation_id` and `division_code`; no conditions on who reads it.
    permission: who sees it; empty for everybody. scoped: rows only within the permission's scopes.
    live: changes all the time, so its tiles are not kept.
    style_field, classes: features are coloured by this field's value; without classes by `colour`.
    link: address of a feature's page with `{id}`; empty when there is none.
    """

    code: str
    name: str
    group: str
    source: str
    geometry: Geometry
    fields: tuple[LayerField, ...]
    permission: str = ""
    scoped: bool = False
    live: bool = False
    min_zoom: int = 0
    max_zoom: int = 22
    colour: str = "--tone-blue"
    style_field: str = ""
    classes: tuple[StyleClass, ...] = ()
    label_field: str = ""
    link: str = ""
    order: int = 100
    shown_at_first: bool = False
