"""The process that tells subscriptions by webhook and MQTT.

A process of its own, not jobs of the worker: each subscription keeps its order and its pauses for weeks, hundreds wait
for receivers at the same time, and one that hangs must not hold a worker. Streams run in the web processes, where their
clients are.
"""
