"""The city's addresses: each module brings its own."""

from django.urls import include, path

from onecity.project.interface import api

handler400 = "onecity.web.errors.bad_request"
handler404 = "onecity.web.errors.page_not_found"
handler500 = "onecity.web.errors.server_error"

urlpatterns = [
    path("", include("onecity.web.urls")),
    path("", include("onecity.platform.identity.urls")),
    path("", include("onecity.platform.jobs.urls")),
    path("", include("onecity.platform.geo.urls")),
    path("api/", api.urls),
]
