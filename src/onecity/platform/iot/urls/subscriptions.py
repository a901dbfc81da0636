"""Addresses of subscriptions of applications."""

from django.urls import path

from onecity.platform.iot.views import subscription_turns, subscriptions

urlpatterns = [
    path("iot/subscriptions", subscriptions.index, name="subscriptions"),
    path("iot/subscriptions/new", subscriptions.new, name="new_subscription"),
    path("iot/subscriptions/<int:subscription_id>", subscriptions.page, name="subscription"),
    path("iot/subscriptions/<int:subscription_id>/change", subscriptions.change, name="change_subscription"),
    path("iot/subscriptions/<int:subscription_id>/deliveries", subscriptions.log, name="subscription_log"),
    path("iot/subscriptions/<int:subscription_id>/secret", subscription_turns.secret, name="subscription_secret"),
    path("iot/subscriptions/<int:subscription_id>/end", subscription_turns.end, name="end_subscription"),
    path("iot/subscriptions/<int:subscription_id>/<str:action>", subscription_turns.turn, name="turn_subscription"),
]
