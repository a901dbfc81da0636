"""Which devices are meant: what lists, groups, batches and campaigns choose by."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """A choice of devices; empty texts and zeros ask for nothing.

    search: words of name or key. division_code: the grid cells and divisions that begin with it. tag: one of the tags.
    group_id: members of this group. parent_id: children of this gateway device.
    """

    search: str = ""
    type_code: str = ""
    state: str = ""
    protocol: str = ""
    product_id: int = 0
    organisation_id: int = 0
    division_code: str = ""
    tag: str = ""
    group_id: int = 0
    parent_id: int = 0
    firmware_version: str = ""

    def plain(self) -> dict[str, str | int]:
        """Return what is asked for, as JSON values; `filter_of` gives the filter back."""
        return {name: value for name, value in asdict(self).items() if value}


def filter_of(stored: Mapping[str, object]) -> DeviceFilter:
    """Return a stored filter; what is not known any more, or of another kind, is passed over."""
    kinds = {item.name: type(item.default) for item in fields(DeviceFilter)}
    given = {name: value for name, value in stored.items() if name in kinds and isinstance(value, kinds[name])}
    return DeviceFilter(**given)  # type: ignore[arg-type]  # each value was just compared with its field's kind
