"""Addresses of messages."""

from django.urls import path

from onecity.platform.messages import views

app_name = "messages"
urlpatterns = [
    path("messages", views.inbox, name="inbox"),
    path("messages/unread", views.unread, name="unread"),
    path("messages/latest", views.latest, name="latest"),
    path("messages/read-all", views.read_all, name="read_all"),
    path("messages/preferences", views.preferences, name="preferences"),
    path("messages/<int:message_id>", views.open_message, name="open"),
    path("messages/<int:message_id>/read", views.read, name="read"),
]
