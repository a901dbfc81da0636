"""What names on the wire mean for a device: its type's mapping, over which its product's own lies."""

from collections.abc import Mapping

from onecity.platform.iot.declare import DeviceType, Protocol, WireField


def fields_of(kind: DeviceType | None, *, protocol: Protocol, mapping: Mapping[str, object]) -> Mapping[str, WireField]:
    """Return what the names on the wire mean.

    mapping: of the product, name on the wire → {"property", "scale"}; a property that the product maps is no longer
    known under the type's own name for it. What does not fit the type is passed over.
    """
    if kind is None:
        return {}
    own = {name: item for name, item in ((name, wire_field(name, item)) for name, item in mapping.items()) if item}
    own = {name: item for name, item in own.items() if kind.observed(item.property_code)}
    taken = {item.property_code for item in own.values()}
    kept = {name: item for name, item in kind.fields(protocol).items() if item.property_code not in taken}
    return {**kept, **own}


def wire_field(name: str, item: object) -> WireField | None:
    """Return one entry of a product's mapping; None if it is none."""
    if not isinstance(item, Mapping) or not isinstance(item.get("property"), str):
        return None
    scale = item.get("scale", 1.0)
    fits = isinstance(scale, int | float) and not isinstance(scale, bool) and 0 < scale < float("inf")
    return WireField(name, str(item["property"]), float(scale)) if fits else None
