"""Weights, levels and outcomes of record matching."""

import pytest

from onecity.platform.registers.rules.matching import (
    FIRST,
    Thresholds,
    WeightsRefused,
    agreement,
    outcome_of,
    read_weights,
)

THRESHOLDS = Thresholds(sure_from=0.99, doubtful_from=0.5)


def test_first_weights_can_be_written_and_read() -> None:
    assert read_weights(FIRST.written()) == FIRST


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("prior",), 0),
        (("prior",), "1"),
        (("fields",), []),
        (("fields", "name"), None),
        (("fields", "name", "m"), [0.5, 0.5]),
        (("fields", "name", "m"), [0.2, 0.2, 0.2, 0.2]),
        (("fields", "sex_code", "u"), [1.0, 0.0]),
    ],
)
def test_weights_that_are_no_probabilities_are_refused(path: tuple[str, ...], value: object) -> None:
    written: dict[str, object] = FIRST.written()
    inner = written
    for name in path[:-1]:
        step = inner[name]
        assert isinstance(step, dict)
        inner = step
    inner[path[-1]] = value
    with pytest.raises(WeightsRefused):
        read_weights(written)


def test_levels_have_names() -> None:
    found = agreement({"name": 3, "birth_date": 1, "sex_code": 0, "address": -1, "phone": 1})
    assert found == {
        "name": "same",
        "birth_date": "alike",
        "sex_code": "different",
        "address": "unknown",
        "phone": "same",
    }
    assert agreement({"name": 2}) == {"name": "homophone"}


@pytest.mark.parametrize(
    ("probabilities", "outcome"),
    [
        ([], "none"),
        ([0.4], "none"),
        ([0.6], "doubtful"),
        ([0.995], "probable"),
        ([0.995, 0.2], "probable"),
        ([0.995, 0.99], "doubtful"),
    ],
)
def test_outcome_follows_thresholds_and_lead(probabilities: list[float], outcome: str) -> None:
    assert outcome_of(probabilities, thresholds=THRESHOLDS) == outcome
