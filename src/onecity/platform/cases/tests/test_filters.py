"""Filters that people keep of their lists."""

from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.platform.cases.rules.filters import MOST, NAMES, FilterRefused, kept_query
from onecity.platform.cases.selectors.filters import saved_filters
from onecity.platform.cases.services.filters import remove_filter, save_filter
from onecity.platform.cases.tests.test_pages import client_of
from onecity.platform.identity.tests.factories import Organisation, make_actor, times_audited

pytestmark = pytest.mark.django_db


@given(st.lists(st.tuples(st.sampled_from([*sorted(NAMES["cases"]), "after", "format"]), st.text(max_size=20))))
def test_what_is_kept_is_kept_again_unchanged(pairs: list[tuple[str, str]]) -> None:

    try:
        kept = kept_query("cases", urlencode(pairs))
    except FilterRefused:
        return
    assert kept_query("cases", f"?{kept}") == kept
    assert {name for name, _ in parse_qsl(kept)} <= NAMES["cases"]


@pytest.mark.parametrize(
    ("place", "query", "field"),
    [
        ("cases", "", "query"),
        ("cases", "after=x&size=500&format=csv", "query"),
        ("cases", "q=" + "%E4%BA%95" * 400, "query"),
        ("nowhere", "status=open", "place"),
    ],
)
def test_nothing_else_is_kept(place: str, query: str, field: str) -> None:
    with pytest.raises(FilterRefused) as refusal:
        kept_query(place, query)
    assert set(refusal.value.fields) == {field}


def test_filter_is_its_owner_s_alone(clerk: Actor, chief: Actor, now: datetime) -> None:
    save_filter(clerk, place="cases", name=" 超时 ", query="light=red&after=x", now=now)
    (mine,) = saved_filters(clerk, "cases")
    assert (mine.name, mine.query) == ("超时", "light=red")
    assert saved_filters(chief, "cases") == saved_filters(clerk, "tasks") == []
    assert saved_filters(system_actor("test"), "cases") == []
    with pytest.raises(NotFound):
        remove_filter(chief, filter_id=mine.id)
    save_filter(clerk, place="cases", name="超时", query="light=yellow", now=now)
    assert [item.query for item in saved_filters(clerk, "cases")] == ["light=yellow"]
    assert remove_filter(clerk, filter_id=mine.id) == "cases"
    assert saved_filters(clerk, "cases") == []
    assert times_audited("cases.save_filter") == 2


def test_a_person_keeps_so_many_and_names_them(clerk: Actor, now: datetime) -> None:
    with pytest.raises(FilterRefused) as refusal:
        save_filter(clerk, place="cases", name=" ", query="light=red", now=now)
    assert set(refusal.value.fields) == {"name"}
    for number in range(MOST):
        save_filter(clerk, place="cases", name=str(number), query="light=red", now=now)
    with pytest.raises(FilterRefused):
        save_filter(clerk, place="cases", name="further", query="light=red", now=now)
    save_filter(clerk, place="cases", name="0", query="light=yellow", now=now)
    with pytest.raises(NotPermitted):
        save_filter(system_actor("test"), place="cases", name="x", query="light=red", now=now)


def test_filter_is_kept_from_the_address_that_is_shown(office: Organisation) -> None:
    reader = client_of(make_actor("cases.view", "cases.answer", organisation=office))
    given_form = {"place": "cases", "name": "超时案件", "query": ""}
    refused = reader.post("/saved-filters", given_form)
    assert refused["Location"] == "/cases"
    assert "请先选择筛选条件" in reader.get("/cases").content.decode()
    shown = "http://testserver/cases?light=red&status=open&after=abc"
    kept = reader.post("/saved-filters", given_form, headers={"Referer": shown})
    assert kept.status_code == HTTPStatus.FOUND
    assert kept["Location"] == "/cases?light=red&status=open"
    page = reader.get("/cases?light=red&status=open").content.decode()
    assert 'href="?light=red&amp;status=open" aria-current="page">超时案件' in page
    reader.post("/saved-filters", {"place": "tasks", "name": "我的", "query": "claimed=1"})
    assert "我的" in reader.get("/tasks").content.decode()
    assert "超时案件" not in reader.get("/tasks").content.decode()
    (mine,) = [part for part in page.split('action="') if part.startswith("/saved-filters/")]
    address = mine.split('"')[0]
    assert reader.post(address)["Location"] == "/cases"
    assert "超时案件" not in reader.get("/cases").content.decode()
