"""Addresses of documents."""

from django.urls import path

from onecity.platform.documents import views

app_name = "documents"
urlpatterns = [
    path("documents/<int:document_id>", views.document, name="document"),
    path("documents/<int:document_id>/thumbnail", views.thumbnail, name="thumbnail"),
]
