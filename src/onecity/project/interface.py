"""The one programming interface: every module's operations, and the hot roads' beside them."""

from typing import Any, Final

from django.urls import URLPattern

from onecity.domains.environment.operations import router as environment
from onecity.domains.urban_management.operations import router as urban_management
from onecity.kernel.text import zh
from onecity.platform.cases.operations import router as cases
from onecity.platform.exchange.operations.catalogue import router as exchange_catalogue
from onecity.platform.exchange.operations.sharing import router as exchange_sharing
from onecity.platform.geo.operations import router as geo
from onecity.platform.iot.operations import router as iot
from onecity.platform.registers.operations import router as registers
from onecity.project.roads import ROADS
from onecity.web.access import PUBLIC, Access
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
api.add_router("/geo", geo)
api.add_router("/iot", iot)
api.add_router("", cases)
api.add_router("/exchange", exchange_catalogue)
api.add_router("/exchange", exchange_sharing)
api.add_router("/registers/v1", registers)
api.add_router("/environment", environment)
api.add_router("/urban", urban_management)


def addresses() -> Any:
    """Return the interface's addresses for `path`, each marked for the access middleware.

    Every operation carries its own rule (architecture tests check that it does); the document is public.
    """
    patterns, namespace, name = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            rule = PUBLIC if pattern.name == "openapi-json" else Access("operation")
            pattern.callback.access = rule  # type: ignore[attr-defined]  # functions take attributes
    return patterns, namespace, name
