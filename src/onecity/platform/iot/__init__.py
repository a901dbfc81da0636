"""Devices, things, datastreams, observations, rules, alarms and commands (物联感知)."""
