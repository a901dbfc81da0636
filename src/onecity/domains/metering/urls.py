"""Addresses of metering."""

from django.urls import path

from onecity.domains.metering.views import abnormal, bills, meters, overview, prices

app_name = "metering"
urlpatterns = [
    path("metering", overview.overview, name="overview"),
    path("metering/zones/<int:zone_id>", overview.zone, name="zone"),
    path("metering/meters", meters.index, name="meters"),
    path("metering/meters/<int:meter_id>", meters.show, name="meter"),
    path("metering/meters/<int:meter_id>/facts", meters.change, name="change_meter"),
    path("metering/meters/<int:meter_id>/exchange", meters.exchange, name="exchange_meter"),
    path("metering/bills", bills.index, name="bills"),
    path("metering/bills/month", bills.month, name="bill_month"),
    path("metering/bills/<int:bill_id>", bills.show, name="bill"),
    path("metering/abnormal", abnormal.index, name="abnormalities"),
    path("metering/abnormal/card", abnormal.card, name="abnormal_card"),
    path("metering/abnormal/<int:abnormality_id>", abnormal.show, name="abnormality"),
    path("metering/tariffs", prices.index, name="tariffs"),
    path("metering/tariffs/new", prices.new, name="new_tariff"),
    path("metering/tariffs/<int:tariff_id>", prices.show, name="tariff"),
    path("prices", prices.public_prices, name="prices"),
]
