"""Actions and condition functions that every process may use."""

from collections.abc import Mapping, Sequence

from onecity.kernel.text import zh
from onecity.platform.cases.declare import Action, Condition, Effect, Facts, Value


def set_value(_: Facts, parameters: Mapping[str, str]) -> Effect:
    """Set one declared value of the case; `true` and `false` become flags, numbers become numbers."""
    return Effect(data={parameters.get("name", ""): _plain(parameters.get("value", ""))})


def outcome_of(facts: Facts, arguments: Sequence[Value]) -> Value:
    """Return the last outcome of a task, by its id in the diagram; null before it has ended once."""
    return facts.outcomes.get(str(arguments[0]))


def _plain(text: str) -> Value:
    if text in {"true", "false"}:
        return text == "true"
    try:
        return int(text)
    except ValueError:
        return text


SET_VALUE = Action("cases.set_value", zh("设置案件数据"), set_value, parameters=("name", "value"))
OUTCOME_OF = Condition("cases.outcome_of", zh("某任务最近的处理结果"), outcome_of, arguments=1)
