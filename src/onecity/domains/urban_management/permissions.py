"""Codes of the rights of digital urban management; the posts of its process among them."""

from typing import Final

REPORT: Final = "urban_management.report"
ACCEPT: Final = "urban_management.accept"
DISPATCH: Final = "urban_management.dispatch"
HANDLE: Final = "urban_management.handle"
CHECK: Final = "urban_management.check"
CLOSE: Final = "urban_management.close"
SUPERVISE: Final = "urban_management.supervise"
CONFIGURE: Final = "urban_management.configure"
SUBMIT: Final = "urban_management.submit"

CASES_VIEW: Final = "cases.view"
CASES_SUPERVISE: Final = "cases.supervise"
CASES_MERGE: Final = "cases.merge"
CASES_LOOK: Final = "cases.look_at_reporter"
"""Rights of the case engine that roles of this domain hold too."""

MAP_VIEW: Final = "geo.view"
"""The right to the one map, which everybody in the field and at the desks holds."""
