"""Fields, industries, blocks and control of legal entities."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.registers.rules.entities.blocks import judge
from onecity.platform.registers.rules.entities.control import Link, controlled_by, ultimate_holders
from onecity.platform.registers.rules.entities.fields import canonical, faults_of, kind_of_code, tidy_name
from onecity.platform.registers.rules.entities.graph import MOST_BOXES, drawing
from onecity.platform.registers.rules.entities.industries import SECTIONS, is_industry, section_of
from onecity.platform.registers.rules.person_blocks import BlockRefused
from onecity.platform.registers.tests.entity_factories import make_uscc

TODAY = date(2026, 3, 10)


def link(holder: str, entity: str, share: str) -> Link:
    return Link(holder, entity, Decimal(share))


def shares(links: list[Link], of: str) -> dict[str, Decimal]:
    return {item.holder: item.share for item in ultimate_holders(links, of=of)}


@pytest.mark.parametrize("code", ["A", "A01", "C1310", "C43", "I65", "65", "6513", "T97", "K7010", "S9600"])
def test_code_within_its_section_is_an_industry(code: str) -> None:
    assert is_industry(code)


@pytest.mark.parametrize("code", ["", "U", "A06", "C12", "C44", "98", "00", "I6", "C13100", "c13"])
def test_code_outside_the_sections_is_none(code: str) -> None:
    assert not is_industry(code)


def test_divisions_of_the_sections_follow_one_another_without_gap() -> None:
    spans = [(first, last) for _, first, last in SECTIONS.values()]
    assert spans[0][0] == 1
    assert spans[-1][1] == 97
    assert all(before[1] + 1 == after[0] for before, after in pairwise(spans))
    assert section_of("6513") == "I"


@pytest.mark.parametrize(
    ("head", "kind"),
    [("91", "enterprise"), ("92", "sole_trader"), ("93", "cooperative"), ("11", "organ"), ("12", "institution"),
     ("51", "association"), ("52", "private_non_enterprise"), ("53", "foundation"), ("N1", "collective"), ("Y1", "")],
)  # fmt: skip
def test_code_says_what_the_entity_is(head: str, kind: str) -> None:
    assert kind_of_code(make_uscc(head=head)) == kind


def test_names_are_compared_in_one_form() -> None:
    assert tidy_name(" 长春 光明(集团)有限公司 ") == "长春光明（集团）有限公司"
    assert tidy_name("ＡＢＣ(China) Ltd") == "ABC(China) Ltd"


def test_amount_is_canonical() -> None:
    assert canonical("registered_capital", " 1,000,000 ") == "1000000.00"
    assert canonical("registered_capital", "很多") == "很多"
    assert canonical("registered_capital", "NaN") == "NaN"
    assert canonical("industry_code", "c39") == "C39"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uscc", "911234"), ("kind", "guild"), ("status", "asleep"), ("registered_capital", "很多"),
        ("registered_capital", "-1.00"), ("registered_capital", "NaN"), ("capital_currency", "RMBX"),
        ("capital_currency", "12A"), ("industry_code", "Z99"), ("seat", "长春市人民大街"), ("seat", "2201 人民大街"),
        ("established_on", "2026-13-01"), ("established_on", "2026-03-11"), ("name", "长" * 161), ("colour", "red"),
    ],
)  # fmt: skip
def test_bad_value_is_refused_at_its_field(field: str, value: str) -> None:
    assert set(faults_of({field: value}, today=TODAY)) == {field}


def test_term_may_end_in_the_future_and_not_before_it_begins() -> None:
    assert faults_of({"term_from": "2020-01-01", "term_until": "2050-01-01"}, today=TODAY) == {}
    assert set(faults_of({"term_from": "2020-01-01", "term_until": "2019-01-01"}, today=TODAY)) == {"term_until"}


def test_empty_values_are_not_judged() -> None:
    assert faults_of({"uscc": "", "kind": "", "seat": ""}, today=TODAY) == {}


def test_block_is_brought_into_canonical_text() -> None:
    code = make_uscc()
    batch = pa.RecordBatch.from_pydict(
        {"uscc": [code.lower()], "name": ["光明 (集团)"], "kind": [""], "division": ["220104"], "address": ["一号"]}
    )
    judged = judge(batch, today=TODAY)
    assert (judged.codes, judged.refused) == ([code], {})
    assert judged.values(0) == {"name": "光明（集团）", "kind": "enterprise", "seat": "220104 一号"}


def test_block_of_other_types_is_read_as_text() -> None:
    batch = pa.RecordBatch.from_pydict(
        {"uscc": [make_uscc()], "established_on": [date(2020, 1, 2)], "registered_capital": [Decimal("5.5")]}
    )
    assert judge(batch, today=TODAY).values(0) == {"established_on": "2020-01-02", "registered_capital": "5.50"}


def test_every_reason_of_a_bad_row_is_told() -> None:
    good = make_uscc()
    batch = pa.RecordBatch.from_pydict(
        {
            "uscc": ["91", good, good, None],
            "name": ["", "甲", "甲", "乙"],
            "status": ["asleep", "", "", ""],
            "observed_at": ["", "2026-01-01 08:00", "", "soon"],
        }
    )
    reasons = {row: [code for code, _ in why] for row, why in judge(batch, today=TODAY).refused.items()}
    assert reasons == {
        0: ["name.missing", "status.refused", "uscc.refused"],
        2: ["uscc.repeated"],
        3: ["observed_at.refused", "uscc.missing"],
    }


@pytest.mark.parametrize("columns", [{"name": ["x"]}, {"uscc": ["x"], "colour": ["red"]}])
def test_block_with_other_columns_is_refused(columns: dict[str, list[str]]) -> None:
    with pytest.raises(BlockRefused):
        judge(pa.RecordBatch.from_pydict(columns), today=TODAY)


def test_shares_are_multiplied_along_a_chain_and_added_over_chains() -> None:
    links = [link("张", "甲", "60"), link("甲", "目标", "50"), link("张", "目标", "10"), link("李", "目标", "40")]
    assert shares(links, "目标") == {"张": Decimal(40), "李": Decimal(40)}
    found = {item.holder: item for item in ultimate_holders(links, of="目标")}
    assert found["张"].direct == 10
    assert found["张"].chains == [("张", "目标"), ("张", "甲", "目标")]


def test_majority_along_the_chain_controls_though_the_share_is_small() -> None:
    links = [link("张", "甲", "51"), link("甲", "乙", "51"), link("乙", "目标", "51"), link("李", "目标", "49")]
    found = {item.holder: item for item in ultimate_holders(links, of="目标")}
    assert found["张"].share == Decimal("13.2651")
    assert (found["张"].controls, found["李"].controls) == (True, False)


def test_shares_of_controlled_entities_count_together() -> None:
    links = [link("张", "甲", "60"), link("甲", "目标", "30"), link("张", "目标", "25")]
    assert controlled_by(links, "张") == {"甲", "目标"}


def test_half_does_not_control() -> None:
    assert controlled_by([link("张", "甲", "50")], "张") == frozenset()


def test_circle_of_holdings_is_followed_to_its_end() -> None:
    links = [link("乙", "甲", "50"), link("甲", "乙", "50"), link("张", "甲", "50"), link("李", "乙", "50")]
    found = shares(links, "甲")
    assert found["张"].quantize(Decimal("1e-3")) == Decimal("66.667")
    assert found["李"].quantize(Decimal("1e-3")) == Decimal("33.333")


def test_circle_that_nobody_stands_behind_has_no_holder() -> None:
    assert shares([link("乙", "甲", "100"), link("甲", "乙", "100")], "甲") == {}


def test_several_shares_of_one_holder_are_added_up() -> None:
    assert shares([link("张", "甲", "10"), link("张", "甲", "15"), link("李", "甲", "0")], "甲") == {"张": Decimal(25)}


def test_entity_without_links_has_no_holder() -> None:
    assert ultimate_holders([], of="甲") == []


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 30)), max_size=25))
def test_ends_of_the_chains_never_hold_more_than_the_whole(edges: list[tuple[int, int, int]]) -> None:
    room: dict[int, int] = {}
    links = []
    for holder, entity, share in edges:
        if holder != entity and room.get(entity, 100) >= share:
            room[entity] = room.get(entity, 100) - share
            links.append(Link(str(holder), str(entity), Decimal(share)))
    total = sum((item.share for item in ultimate_holders(links, of="0")), Decimal(0))
    assert 0 <= total <= Decimal("100.001")


def test_graph_puts_holders_above_and_cuts_what_is_too_wide() -> None:
    links = [link("张", "甲", "60"), link("甲", "目标", "50.5"), link("目标", "甲", "5")]
    made = drawing(links, of="目标")
    height = {box.key: box.y for box in made.boxes}
    assert height["张"] < height["甲"] < height["目标"]
    assert sorted(line.share for line in made.lines) == ["5%", "50.5%", "60%"]
    assert all(box.x >= 0 and box.middle <= made.wide and box.text_y < made.high for box in made.boxes)
    assert all(line.text_x >= 0 and line.text_y >= 0 for line in made.lines)
    many = [link(str(number), "目标", "1") for number in range(MOST_BOXES)]
    assert [box.key for box in drawing(many, of="目标").boxes] == ["目标"]
