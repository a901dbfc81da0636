"""Addresses of iot's pages."""

from django.urls import path

from onecity.platform.iot.views import alarm_rules, alarms, device, devices, imports, quarantine, strangers

app_name = "iot"
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
    path("iot/unknown", strangers.index, name="unknown"),
    path("iot/unknown/<int:unknown_id>/ignore", strangers.ignore, name="ignore_unknown"),
    path("iot/alarms", alarms.index, name="alarms"),
    path("iot/alarms/card", alarms.card, name="alarms_card"),
    path("iot/alarms/<int:alarm_id>", alarms.page, name="alarm"),
    path("iot/alarms/<int:alarm_id>/acknowledge", alarms.take_notice, name="acknowledge"),
    path("iot/alarms/<int:alarm_id>/close", alarms.close, name="close_alarm"),
    path("iot/rules", alarm_rules.index, name="rules"),
    path("iot/rules/new", alarm_rules.new, name="new_rule"),
    path("iot/rules/<int:rule_id>", alarm_rules.page, name="rule"),
    path("iot/rules/<int:rule_id>/edit", alarm_rules.edit, name="edit_rule"),
    path("iot/rules/<int:rule_id>/draft", alarm_rules.draft, name="draft_rule"),
    path("iot/rules/<int:rule_id>/publish", alarm_rules.publish, name="publish_rule"),
    path("iot/rules/<int:rule_id>/discard", alarm_rules.discard, name="discard_rule"),
    path("iot/rules/<int:rule_id>/withdraw", alarm_rules.withdraw, name="withdraw_rule"),
    path("iot/quarantine", quarantine.index, name="quarantine"),
    path("iot/quarantine/replay", quarantine.again_all, name="replay_all"),
    path("iot/quarantine/<int:message_id>", quarantine.page, name="quarantined"),
    path("iot/quarantine/<int:message_id>/mend", quarantine.correct, name="mend"),
    path("iot/quarantine/<int:message_id>/replay", quarantine.again, name="replay"),
    path("iot/quarantine/<int:message_id>/discard", quarantine.discard, name="discard_message"),
    path("iot/gateways", strangers.gateway_states, name="gateways"),
]
