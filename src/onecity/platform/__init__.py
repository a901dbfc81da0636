"""Capabilities, lowest first: identity, jobs, geo, documents, messages, cases, iot, indicators."""
