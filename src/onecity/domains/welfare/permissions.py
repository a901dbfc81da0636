"""Codes of the rights of welfare; the posts of its processes among them."""

from typing import Final

VIEW: Final = "welfare.view"
ACCEPT: Final = "welfare.accept"
VERIFY: Final = "welfare.verify"
DECIDE: Final = "welfare.decide"
LOOK: Final = "welfare.look"
POLICIES: Final = "welfare.policies"
RECHECK: Final = "welfare.recheck"
STATISTICS: Final = "welfare.statistics"

CASES_VIEW: Final = "cases.view"
QUERY_SHARED: Final = "exchange.query_shared"
"""Rights of lower modules that roles of this domain hold too."""
