"""Field protocols: one process, `manage gateway_field`, and one module for each protocol.

socket ─▶ session.received ─▶ Said of a few milliseconds ─▶ door ─▶ readings ─▶ GroupWriter ─▶ commit
socket ◀─────────────────────────── answers that were owed ◀──────────────────────────────────┘

`contract` is the border between a protocol's module and the process; `registry` finds the modules.
"""
