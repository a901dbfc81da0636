"""JSON telemetry over MQTT.

broker ─▶ BrokerLink ─▶ messages of a few milliseconds ─▶ known devices: arrays ──┐
                                                      └─▶ all else, one by one ───┤─▶ GroupWriter ─▶ commit
broker ◀──────────────────────────────────────────────── PUBACK ◀─────────────────┘

The broker keeps what is not acknowledged in the gateway's persistent session and sends it again: a gateway that dies
loses nothing. Several gateways divide the work by a shared subscription, each under a number of its own.
"""
