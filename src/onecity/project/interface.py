"""The one programming interface: every module's operations, and the hot roads' beside them."""

from typing import Final

from django.urls import URLPattern

from onecity.kernel.text import zh
from onecity.project.roads import ROADS
from onecity.web.access import Access
from onecity.web.api import CityAPI, handle_errors

api: Final = CityAPI(
    roads=ROADS,
    title="OneCity API",
    version="1",
    description=zh("一城平台的开放接口。写操作可带 Idempotency-Key，重复提交只生效一次；错误一律为 problem+json。"),
    docs_url=None,
    urls_namespace="api",
)
handle_errors(api)


def mark_operations() -> None:
    """Tell the access middleware that each operation carries its own rule; architecture tests check that it does."""
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and not hasattr(pattern.callback, "access"):
            pattern.callback.access = Access("operation")  # type: ignore[attr-defined]  # functions take attributes
