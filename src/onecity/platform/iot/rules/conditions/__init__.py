"""Conditions of linkage rules, written in CEL: read, checked, bounded, judged for many devices and instants at once.

text ─▶ language (parsed and type-checked by cel-expr) ─▶ tree ─▶ checking (bounds, what it needs) ─▶ Condition
Condition + readings ─▶ windows (what each function gives) ─▶ vectors (the expression) ─▶ phases (duration, end)
"""

from onecity.platform.iot.rules.conditions.checking import Condition, condition_of
from onecity.platform.iot.rules.conditions.faults import BadCondition, Fault
from onecity.platform.iot.rules.conditions.language import FUNCTIONS, Mode
from onecity.platform.iot.rules.conditions.needs import Need, Observed

__all__ = ["FUNCTIONS", "BadCondition", "Condition", "Fault", "Mode", "Need", "Observed", "condition_of"]
