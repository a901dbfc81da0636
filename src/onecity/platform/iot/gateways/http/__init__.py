"""JSON telemetry over HTTP.

hot road ─▶ who sends ─▶ decode ─▶ GroupWriter (one for each web process) ─▶ commit ─▶ 200 with what became of it
"""
