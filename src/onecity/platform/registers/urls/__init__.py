"""Addresses of the registers."""

from onecity.platform.registers.urls import economy, entities, matching, persons, places, provenance

app_name = "registers"
urlpatterns = [
    *provenance.urlpatterns,
    *persons.urlpatterns,
    *entities.urlpatterns,
    *places.urlpatterns,
    *economy.urlpatterns,
    *matching.urlpatterns,
]
