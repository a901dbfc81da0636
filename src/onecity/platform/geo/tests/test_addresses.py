"""Standard addresses: loaded, found, matched; pages and interface."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onecity.kernel.errors import NotFound
from onecity.platform.geo.contracts import AddressRow
from onecity.platform.geo.models import StandardAddress
from onecity.platform.geo.selectors.addresses import match_addresses, standard_address, standard_addresses
from onecity.platform.geo.services.addresses import load_addresses
from onecity.platform.geo.services.numbering import generate_addresses
from onecity.platform.geo.tests.factories import ACTOR, COUNTY, line, make_road, make_tree
from onecity.platform.identity.tests.factories import make_actor, open_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city() -> None:
    make_tree()


def load(*texts: str, source: str = "测试") -> None:
    rows = [AddressRow(text, text, 125.01, 43.91, division_code=COUNTY) for text in texts]
    load_addresses(ACTOR, rows=rows, source=source)


def sign_in(client: Client) -> None:
    client.cookies["onecity_session"] = open_session(make_actor("geo.view", everywhere=True).account_id)


def test_loading_again_changes_nothing_and_takes_out_what_is_gone() -> None:
    load("陕西路1号", "陕西路2号")
    first = StandardAddress.objects.get(number="1").id
    load("陕西路1号")
    assert list(StandardAddress.objects.values_list("id", "road", "number")) == [(first, "陕西路", "1")]


def test_other_sources_addresses_stay() -> None:
    load("陕西路1号", source="甲")
    load("陕西路1号", source="乙")
    assert StandardAddress.objects.count() == 2


def test_each_text_has_its_match_in_two_statements() -> None:
    load("陕西路1号", "陕西路2号", "中环小区3栋", "人民大街100号")
    texts = ["陕西路2号", "中环小区三号楼", "人民大街", "没有这条", "陕西路99号"] * 40
    with CaptureQueriesContext(connection) as queries:
        found = match_addresses(texts)
    assert len(queries) <= 4  # two of them read the gazetteer
    answers = [(match.best.text if match.best else None, match.is_sure) for match in found[:5]]
    assert answers == [
        ("陕西路2号", True),
        ("中环小区3栋", True),
        ("人民大街100号", False),
        (None, False),
        ("陕西路1号", False),
    ]
    assert [match.text for match in found] == texts


def test_two_equal_candidates_are_for_a_person_to_judge() -> None:
    load("陕西路1号", source="甲")
    load("陕西路1号", source="乙")
    [match] = match_addresses(["陕西路1号"])
    assert match.score == 1.0
    assert not match.is_sure


def test_addresses_are_found_by_words_and_listed_by_key() -> None:
    load("陕西路1号", "陕西路2号", "人民大街100号")
    assert [row.text for row in standard_addresses(search="陕西")] == ["陕西路1号", "陕西路2号"]
    first = standard_addresses(size=1)[0]
    assert [row.text for row in standard_addresses(after=first.id)] == ["陕西路2号", "人民大街100号"]
    assert standard_addresses(search="%陕") == []


def test_unknown_address_is_not_found() -> None:
    with pytest.raises(NotFound):
        standard_address(0)


def test_streets_get_made_up_numbers_that_stay() -> None:
    make_road("示意路", geometry=line((0.5, 0.5), (1.5, 0.5)))
    made = generate_addresses(ACTOR)
    assert made.written >= 5
    assert generate_addresses(ACTOR).written == 0
    assert all(StandardAddress.objects.values_list("is_synthetic", flat=True))
    [match] = match_addresses(["示意路2号"])
    assert match.is_sure


def test_pages_show_list_address_and_matches(client: Client) -> None:
    load("陕西路1号")
    sign_in(client)
    assert "陕西路1号" in client.get("/addresses?q=陕西").content.decode()
    assert "陕西路" in client.get(f"/addresses/{StandardAddress.objects.get().id}").content.decode()
    page = client.post("/addresses/match", {"texts": "陕西路1号\n\n哪儿也不是"}).content.decode()
    assert page.count("已匹配") == 1
    assert page.count("未匹配") == 1


def test_page_refuses_more_than_it_can_show(client: Client) -> None:
    sign_in(client)
    assert "最多 200 行" in client.post("/addresses/match", {"texts": "陕西路\n" * 201}).content.decode()
