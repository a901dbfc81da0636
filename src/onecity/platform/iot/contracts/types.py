"""Types made by staff and products as others see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from onecity.platform.iot.declare import Protocol


@dataclass(frozen=True, slots=True)
class EditionInfo:
    """One edition of a type. content: its document. devices: how many keep or follow it."""

    id: int
    code: str
    edition: int
    name: str
    state: str
    content: Mapping[str, object]
    note: str
    author: str
    created_at: datetime
    published_at: datetime | None
    devices: int = 0


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What is told of a product. mapping: name on the wire → {"property", "scale"}. admission: `Product.Admission`."""

    name: str
    maker: str
    model: str
    type_code: str
    protocol: Protocol
    organisation_id: int
    division_code: str = ""
    mapping: Mapping[str, object] = field(default_factory=dict)
    admission: str = "closed"


@dataclass(frozen=True, slots=True)
class ProductInfo:
    """A product. secret_prefix: beginning of its secret, "" if it has none. devices: how many there are."""

    id: int
    code: str
    facts: ProductFacts
    secret_prefix: str
    created_at: datetime
    devices: int = 0
