"""Conditions over Arrow batches and options of places."""

import pytest

from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.filtering import kept
from onecity.platform.exchange.contracts.blocks import Comparison
from onecity.platform.exchange.contracts.places import OptionField, OptionValue, Place
from onecity.platform.exchange.tests.connectors.people import people


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (Comparison("id", "<=", (2,)), [1, 2]),
        (Comparison("id", ">", (9,)), [10]),
        (Comparison("alive", "=", (False,)), [3, 6, 9]),
        (Comparison("share", "is_null"), [7]),
        (Comparison("share", "not_null"), [1, 2, 3, 4, 5, 6, 8, 9, 10]),
        (Comparison("note", "prefix", ("%_",)), [6]),
        (Comparison("born", ">=", ("1950-10-31",)), [10]),
        (Comparison("income", "in", ("1.37", "2.74")), [1, 2]),
        (Comparison("share", "<>", (0.125,)), [2, 3, 4, 5, 6, 8, 9, 10]),
    ],
)
def test_conditions_mean_the_same_as_in_sql(condition: Comparison, ids: list[int]) -> None:
    assert kept(people(1, 10), [condition]).column("id").to_pylist() == ids


@pytest.mark.parametrize(
    "condition",
    [
        Comparison("gone", "=", (1,)),
        Comparison("id", "="),
        Comparison("id", "like", (1,)),
        Comparison("id", "<", ("x",)),
    ],
)
def test_impossible_conditions_are_not_understood(condition: Comparison) -> None:
    with pytest.raises(NotUnderstood):
        kept(people(1, 3), [condition])


FIELDS = (
    OptionField("name", "名称", required=True),
    OptionField("port", "端口", type="integer", default=22),
    OptionField("safe", "安全", type="boolean", default=True),
    OptionField("kind", "种类", type="choice", default="a", choices=("a", "b")),
    OptionField("note", "备注"),
)


def test_options_that_are_not_given_are_the_usual_ones() -> None:
    answers = Answers(Place("x", {"name": " 甲 ", "port": ""}), FIELDS)
    found = (
        answers.text("name"),
        answers.integer("port"),
        answers.flag("safe"),
        answers.text("kind"),
        answers.text("note"),
    )
    assert found == ("甲", 22, True, "a", "")


@pytest.mark.parametrize(
    ("options", "title"),
    [({}, "名称"), ({"name": "x", "port": "22"}, "端口"), ({"name": "x", "port": True}, "端口"),
     ({"name": "x", "safe": "yes"}, "安全"), ({"name": "x", "kind": "c"}, "种类"), ({"name": 5}, "名称")],
)  # fmt: skip
def test_options_of_another_type_are_named(options: dict[str, OptionValue], title: str) -> None:
    with pytest.raises(NotUnderstood, match=title):
        Answers(Place("x", options), FIELDS)
