"""The pure rules by properties: names, instants, queries, forms."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.ngsild.rules import moments
from onecity.platform.iot.ngsild.rules.changes import merged
from onecity.platform.iot.ngsild.rules.core import CORE, is_core
from onecity.platform.iot.ngsild.rules.entities import read_entity
from onecity.platform.iot.ngsild.rules.languages import best_language
from onecity.platform.iot.ngsild.rules.paths import json_path
from onecity.platform.iot.ngsild.rules.problems import BadRequestData, TooComplexQuery
from onecity.platform.iot.ngsild.rules.queries import All, Compares, Either, Node, parse_query
from onecity.platform.iot.ngsild.rules.rendering import Style, show_entity
from onecity.platform.iot.ngsild.rules.selections import One, holds, parse_scopes, parse_types, scope_pattern
from onecity.platform.iot.ngsild.rules.terms import CORE_TERMS, Terms

WORDS = st.text(alphabet="abcdefghij_", min_size=1, max_size=8).filter(lambda text: text not in CORE)
SIMPLE = st.one_of(st.booleans(), st.integers(-(2**50), 2**50), st.floats(allow_nan=False, allow_infinity=False), WORDS)
VALUES = st.one_of(
    SIMPLE, st.lists(SIMPLE, min_size=1, max_size=3), st.dictionaries(WORDS, SIMPLE, min_size=1, max_size=3)
)


@st.composite
def entities(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an entity in the normalised form."""
    found: dict[str, Any] = {"id": f"urn:e:{draw(WORDS)}", "type": draw(WORDS)}
    for name in draw(st.sets(WORDS, max_size=4)):
        attribute: dict[str, Any] = draw(
            st.one_of(
                st.builds(lambda value: {"type": "Property", "value": value}, VALUES),
                st.builds(lambda word: {"type": "Relationship", "object": f"urn:x:{word}"}, WORDS),
                st.builds(lambda word: {"type": "LanguageProperty", "languageMap": {"zh": word}}, WORDS),
                st.builds(lambda items: {"type": "ListProperty", "valueList": items}, st.lists(SIMPLE, max_size=3)),
                st.builds(lambda value: {"type": "JsonProperty", "json": value}, VALUES),
            )
        )
        if draw(st.booleans()):
            attribute["observedAt"] = "2026-03-10T04:00:00.5Z"
        found[name] = attribute
    return found


@given(entities())
def test_entity_is_shown_as_it_was_read(raw: dict[str, Any]) -> None:
    assert show_entity(read_entity(raw, terms=CORE_TERMS), Style(CORE_TERMS)) == raw


@given(entities())
def test_concise_form_is_read_as_the_same_entity(raw: dict[str, Any]) -> None:
    entity = read_entity(raw, terms=CORE_TERMS)
    concise = show_entity(entity, Style(CORE_TERMS, "concise"))
    assert read_entity(concise, terms=CORE_TERMS) == entity


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_whatever_is_sent_is_read_or_refused(raw: object) -> None:
    for body in (raw, {"id": "urn:a:b", "type": "T", "x": raw}):
        with suppress(BadRequestData):
            read_entity(body, terms=CORE_TERMS)


@given(st.text(alphabet='ab.[]()=!<>~;|,"1 -:TZ', max_size=40))
def test_every_text_is_a_query_or_refused(text: str) -> None:
    with suppress(BadRequestData):
        parse_query(text, terms=CORE_TERMS)


@given(st.lists(WORDS, min_size=1, max_size=5), st.sampled_from([";", "|"]))
def test_terms_of_a_query_keep_their_order(words: list[str], mark: str) -> None:
    tree = parse_query(mark.join(f"{word}==1" for word in words), terms=CORE_TERMS)
    parts: tuple[Node, ...] = tree.parts if isinstance(tree, All | Either) else (tree,)
    assert [CORE_TERMS.compact(part.path.chain[0]) for part in parts if isinstance(part, Compares)] == words


@given(st.text(max_size=20))
def test_texts_in_paths_are_escaped(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    tree = parse_query(f'name=="{quoted}"', terms=CORE_TERMS)
    assert isinstance(tree, Compares)
    assert tree.literal.text == text
    assert json_path(tree).count('"') % 2 == json_path(tree).count('\\"') % 2


@pytest.mark.parametrize("text", ["a" * 9_000, ";".join(["a"] * 300), "(" * 50 + "a" + ")" * 50])
def test_query_of_too_much_is_refused(text: str) -> None:
    with pytest.raises(TooComplexQuery):
        parse_query(text, terms=CORE_TERMS)


@given(WORDS, WORDS)
def test_names_go_to_iris_and_back(word: str, other: str) -> None:
    terms = Terms(
        [{word: f"https://example.org/{other}", "pre": "https://pre.example/"}], written="https://example.org/c"
    )
    for name in (word, other, f"pre:{other}"):
        assert terms.expand(terms.compact(terms.expand(name))) == terms.expand(name)
    assert terms.expand(word) == f"https://example.org/{other}"


def test_core_context_holds_the_names_of_the_standard() -> None:
    for name in ("location", "observedAt", "Property", "hasValue"):
        assert CORE_TERMS.expand(name).startswith("https://uri.etsi.org/ngsi-ld/")
    assert CORE_TERMS.expand("hasValue") == "https://uri.etsi.org/ngsi-ld/default-context/hasValue"
    assert CORE_TERMS.expand("value") == "https://uri.etsi.org/ngsi-ld/hasValue"
    assert CORE_TERMS.expand("Point") == "https://purl.org/geojson/vocab#Point"
    assert not is_core("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-none.jsonld")


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1900 < moment.year < 2200))
def test_instants_survive_being_kept_and_shown(moment: datetime) -> None:
    text = moments.shown(moments.kept(moment))
    assert moments.instant(text, where="x") == moment


@pytest.mark.parametrize(
    "text", ["2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "x", 5, None, "2026-01-01T25:00:00Z"]
)
def test_what_is_no_instant_is_refused(text: object) -> None:
    with pytest.raises(BadRequestData):
        moments.instant(text, where="x")


@pytest.mark.parametrize(("text", "seconds"), [("PT1H", 3600), ("P1DT2M3.5S", 86_523.5), ("P1W", 604_800), ("PT0S", 0)])
def test_durations_are_read(text: str, seconds: float) -> None:
    assert moments.seconds(text, where="x") == seconds


@pytest.mark.parametrize("text", ["P", "PT", "1H", "", None, "P1X"])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(BadRequestData):
        moments.seconds(text, where="x")


def test_merge_patch_examples_of_the_rfc_hold() -> None:
    """Source: IETF RFC 7396, appendix A; null is `urn:ngsi-ld:null` here."""
    null = "urn:ngsi-ld:null"
    vectors: list[tuple[Any, Any, Any]] = [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": null}, {}),
        ({"a": "b", "b": "c"}, {"a": null}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": null}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": null}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": null}}}, {"a": {"bb": {}}}),
    ]
    for old, patch, expected in vectors:
        assert merged(old, patch) == expected


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("zh", "zh-Hans"), ("zh-Hans-CN", "zh-Hans"), ("de, fr;q=0.8", "fr"), ("de", "en"), ("*", "zh-Hans"),
     ("fr;q=0, zh;q=0.1", "zh-Hans"),
     ("x;q=y", "en")],
)  # fmt: skip
def test_best_language_is_chosen(wanted: str, language: str) -> None:
    texts = {"zh-Hans": "a", "en": "b", "fr": "c"}
    assert best_language(texts, wanted)[1] == language


def test_text_of_no_language_comes_before_others() -> None:
    assert best_language({"fr": "a", "@none": "b"}, "de") == ("b", "")
    assert best_language({"fr": "a"}, "de") == ("a", "fr")


@given(st.sets(st.sampled_from("ABC")))
def test_type_selection_is_logic(owned: set[str]) -> None:
    iris = frozenset(CORE_TERMS.expand(name) for name in owned)
    tree = parse_types("(A;B),C", terms=CORE_TERMS)
    assert holds(tree, iris) == (("A" in owned and "B" in owned) or "C" in owned)


@pytest.mark.parametrize("text", ["", ";", "(A", "A)", "A,,B", "A B", "("])
def test_selection_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData):
        parse_types(text, terms=CORE_TERMS)


@pytest.mark.parametrize("text", ["/a/#/b", "/a#", "/a b"])
def test_scope_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData):
        parse_scopes(text)


def test_scope_patterns_follow_the_standard() -> None:
    assert scope_pattern("/a/b") == "^/a/b$"
    assert scope_pattern("a/+") == "^/a/[^/]+$"
    assert scope_pattern("/a/#") == "^/a(/.*)?$"
    assert scope_pattern("/#") == "^/"
    assert parse_scopes("/a") == One("/a")
