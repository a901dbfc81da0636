"""Codes of the rights of the hotline; the posts of its processes among them."""

from typing import Final

TAKE: Final = "hotline.take"
ACCEPT: Final = "hotline.accept"
DISPATCH: Final = "hotline.dispatch"
HANDLE: Final = "hotline.handle"
CALL_BACK: Final = "hotline.call_back"
APPROVE: Final = "hotline.approve"
PETITION: Final = "hotline.petition"
REVIEW: Final = "hotline.review"
WRITE_KNOWLEDGE: Final = "hotline.write_knowledge"
PUBLISH_KNOWLEDGE: Final = "hotline.publish_knowledge"
MEASURE: Final = "hotline.measure"
CONFIGURE: Final = "hotline.configure"

CASES_VIEW: Final = "cases.view"
CASES_SUPERVISE: Final = "cases.supervise"
CASES_MERGE: Final = "cases.merge"
CASES_LOOK: Final = "cases.look_at_reporter"
"""Rights of the case engine that roles of this domain hold too."""

MAP_VIEW: Final = "geo.view"
"""The right to the one map, which everybody at the desks holds."""
