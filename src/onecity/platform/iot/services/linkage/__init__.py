"""Linkage rules: edited, put into force, judged, acted on, tried on past data.

clock ─▶ judging.queue_due ─▶ job iot.judge_linkage ─▶ judging.judge_rule: firings, standings, how far, at once
    └─▶ job iot.act_on_firings ─▶ acting.act_on: one transaction for each firing
"""
