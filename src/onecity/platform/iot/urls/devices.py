"""Addresses of devices."""

from django.urls import path

from onecity.platform.iot.views import device, devices, imports

urlpatterns = [
    path("iot/devices", devices.index, name="devices"),
    path("iot/devices/new", devices.new, name="new_device"),
    path("iot/devices/import", imports.import_devices, name="import_devices"),
    path("iot/devices/import/sample.csv", imports.sample, name="import_sample"),
    path("iot/devices/<int:device_id>", device.page, name="device"),
    path("iot/devices/<int:device_id>/values", device.values, name="values"),
    path("iot/devices/<int:device_id>/change", devices.change, name="change_device"),
    path("iot/devices/<int:device_id>/retire", devices.retire, name="retire_device"),
    path("iot/devices/<int:device_id>/restore", devices.restore, name="restore_device"),
    path("iot/devices/<int:device_id>/token", device.issue_token, name="issue_token"),
    path("iot/devices/<int:device_id>/token/revoke", device.revoke_token, name="revoke_token"),
    path("iot/devices/<int:device_id>/orders", device.order, name="order"),
]
