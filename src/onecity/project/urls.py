"""The city's addresses: each module brings its own."""

from django.urls import include, path

from onecity.portals.open import catalogue
from onecity.project.interface import addresses, api

handler400 = "onecity.web.errors.bad_request"
handler404 = "onecity.web.errors.page_not_found"
handler500 = "onecity.web.errors.server_error"

catalogue.use(api.get_openapi_schema)

urlpatterns = [
    path("", include("onecity.web.urls")),
    path("", include("onecity.platform.identity.urls")),
    path("", include("onecity.platform.jobs.urls")),
    path("", include("onecity.platform.documents.urls")),
    path("", include("onecity.platform.messages.urls")),
    path("", include("onecity.platform.geo.urls")),
    path("", include("onecity.platform.iot.urls")),
    path("", include("onecity.platform.cases.urls")),
    path("", include("onecity.platform.registers.urls")),
    path("", include("onecity.platform.exchange.urls")),
    path("", include("onecity.platform.indicators.urls")),
    path("", include("onecity.domains.emergency.urls")),
    path("", include("onecity.domains.environment.urls")),
    path("", include("onecity.domains.metering.urls")),
    path("", include("onecity.domains.hotline.urls")),
    path("", include("onecity.domains.opinion.urls")),
    path("", include("onecity.domains.urban_management.urls")),
    path("", include("onecity.domains.welfare.urls")),
    path("", include("onecity.portals.cockpit.urls")),
    path("", include("onecity.portals.workbench.urls")),
    path("", include("onecity.portals.citizen.urls")),
    path("", include("onecity.portals.open.urls")),
    path("", include("onecity.demo.urls")),
    path("api/", addresses()),
]
