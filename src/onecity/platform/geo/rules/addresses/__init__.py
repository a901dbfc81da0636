"""Chinese addresses: taken apart, and compared with a score."""

from onecity.platform.geo.rules.addresses.parsing import parse_address
from onecity.platform.geo.rules.addresses.parts import AddressParts, Gazetteer, GazetteerEntry
from onecity.platform.geo.rules.addresses.scoring import address_score

__all__ = ["AddressParts", "Gazetteer", "GazetteerEntry", "address_score", "parse_address"]
