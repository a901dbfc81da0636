"""Which value stands when sources speak differently."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.registers.rules.provenance import Claim, RankTable, Verdict, settle

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
POLICE, CIVIL, STRANGER = 1, 2, 3
RANKS = RankTable({"name": {POLICE: 1, CIVIL: 2}, "phone": {POLICE: 1, CIVIL: 1}, "*": {CIVIL: 1}})


def _claim(value: str, source: int = POLICE, *, days: int = 0) -> Claim:
    return Claim(value, source, NOON + timedelta(days=days))


def _settle(current: Claim | None, incoming: Claim, *, field: str = "name", key: bool = False) -> Verdict:
    current_rank = RANKS.rank(field, current.source_id) if current else None
    incoming_rank = RANKS.rank(field, incoming.source_id)
    return settle(current, incoming, current_rank=current_rank, incoming_rank=incoming_rank, key=key).verdict


def test_first_value_stands() -> None:
    assert _settle(None, _claim("张三")) is Verdict.TAKEN
    assert _settle(_claim(""), _claim("张三", STRANGER)) is Verdict.TAKEN


def test_empty_value_of_another_source_is_no_statement() -> None:
    assert _settle(_claim("张三", CIVIL), _claim("", POLICE)) is Verdict.SAME
    assert _settle(None, _claim("")) is Verdict.SAME


def test_source_may_take_back_its_own_value() -> None:
    assert _settle(_claim("张三"), _claim("", days=1)) is Verdict.TAKEN


def test_source_may_not_empty_a_key_field() -> None:
    assert _settle(_claim("张三"), _claim("", days=1), key=True) is Verdict.SAME


def test_equal_values_keep_the_first_origin() -> None:
    current = _claim("张三", CIVIL)
    settled = settle(current, _claim("张三", POLICE, days=1), current_rank=2, incoming_rank=1)
    assert settled.verdict is Verdict.SAME
    assert settled.standing == current


def test_later_word_of_the_same_source_replaces_the_earlier() -> None:
    settled = settle(_claim("张三"), _claim("张山", days=1), current_rank=1, incoming_rank=1)
    assert settled.verdict is Verdict.TAKEN
    assert settled.losing is None


def test_earlier_word_of_the_same_source_is_stale() -> None:
    assert _settle(_claim("张三"), _claim("张山", days=-1)) is Verdict.STALE


def test_answerable_source_replaces_another() -> None:
    current, incoming = _claim("张三", CIVIL), _claim("张山", POLICE, days=-9)
    settled = settle(current, incoming, current_rank=2, incoming_rank=1)
    assert settled.verdict is Verdict.TAKEN
    assert (settled.standing, settled.losing) == (incoming, current)


def test_answerable_source_is_not_replaced() -> None:
    current, incoming = _claim("张三", POLICE), _claim("张山", CIVIL, days=9)
    settled = settle(current, incoming, current_rank=1, incoming_rank=2)
    assert settled.verdict is Verdict.KEPT
    assert (settled.standing, settled.losing) == (current, incoming)


def test_ranked_source_wins_over_an_unranked_one() -> None:
    assert _settle(_claim("张三", STRANGER), _claim("张山", CIVIL)) is Verdict.TAKEN
    assert _settle(_claim("张三", CIVIL), _claim("张山", STRANGER)) is Verdict.KEPT


def test_equal_ranks_are_contested() -> None:
    assert _settle(_claim("1", POLICE), _claim("2", CIVIL), field="phone") is Verdict.CONTESTED
    assert settle(_claim("1", POLICE), _claim("2", CIVIL), current_rank=1, incoming_rank=1).is_conflict


def test_two_unranked_sources_are_contested() -> None:
    assert _settle(_claim("1", STRANGER), _claim("2", 4), field="phone") is Verdict.CONTESTED


def test_key_field_changes_only_by_decision() -> None:
    assert _settle(_claim("张三", CIVIL), _claim("张山", POLICE), key=True) is Verdict.CONTESTED
    assert _settle(_claim("张三", POLICE), _claim("张山", POLICE, days=1), key=True) is Verdict.CONTESTED


def test_lesser_source_does_not_contest_a_key_field() -> None:
    assert _settle(_claim("张三", POLICE), _claim("张山", CIVIL), key=True) is Verdict.KEPT


def test_field_without_a_line_goes_by_the_line_for_all() -> None:
    assert RANKS.rank("education", CIVIL) == 1
    assert RANKS.rank("name", STRANGER) is None


CLAIMS = st.builds(_claim, st.sampled_from(["", "张三", "张山"]), st.integers(1, 4), days=st.integers(-2, 2))


@given(st.none() | CLAIMS, CLAIMS, st.booleans(), st.sampled_from(["name", "phone"]))
def test_settling_twice_changes_nothing_more(current: Claim | None, incoming: Claim, key: bool, field: str) -> None:
    def settled(standing: Claim | None) -> Claim:
        rank = RANKS.rank(field, standing.source_id) if standing else None
        found = settle(
            standing, incoming, current_rank=rank, incoming_rank=RANKS.rank(field, incoming.source_id), key=key
        )
        return found.standing

    once = settled(current)
    assert settled(once) == once


@given(CLAIMS, CLAIMS, st.booleans())
def test_what_stands_is_one_of_the_two_claims(current: Claim, incoming: Claim, key: bool) -> None:
    settled = settle(current, incoming, current_rank=1, incoming_rank=2, key=key)
    assert settled.standing in (current, incoming)
    assert (settled.losing is None) or {settled.standing, settled.losing} == {current, incoming}
