"""Codes that declarations, services and selectors of outlets share."""

from collections.abc import Mapping
from typing import Final

from onecity.domains.environment.rules.outlets.factors import FACTORS_OF, Factor, Kind

TYPES: Final[Mapping[str, Kind]] = {
    "environment.waste_water_outlet": Kind.WATER,
    "environment.waste_gas_outlet": Kind.GAS,
}
"""Kinds of outlets by the type of their device."""
FACTOR_OF_SHARE: Final[Mapping[str, Factor]] = {
    factor.share_code: factor for factors in FACTORS_OF.values() for factor in factors
}
"""Factors by the derived property that tells how much of the limit an hour took."""
