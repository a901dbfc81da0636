"""Reading entities: requirement classes `datamodel`, `resource-path` and `request-data` (OGC 18-088, A.2 to A.4)."""

from typing import Any

import pytest

from onecity.platform.iot.sensorthings.entities import SETS
from onecity.platform.iot.tests.sensorthings.house import BASE, Ask, program, visit
from onecity.platform.iot.tests.sensorthings.world import LOCATION, made, only, stream_with, thing

pytestmark = pytest.mark.django_db(transaction=True)


def test_resource_path_without_path_lists_sets_and_conformance() -> None:
    async def story(ask: Ask) -> None:
        root = (await ask("GET", "")).json
        assert {(item["name"], item["url"]) for item in root["value"]} == {(name, BASE + name) for name in SETS}
        classes = root["serverSettings"]["conformance"]
        assert "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel" in classes
        assert (await ask("GET", BASE.rstrip("/"))).json == root

    visit(program(), story)


def test_entity_control_information_of_every_set() -> None:
    async def story(ask: Ask) -> None:
        await stream_with(ask, 1)
        for name, entities in SETS.items():
            found = (await ask("GET", name)).json["value"]
            assert found, name
            shown = found[0]
            assert shown["@iot.selfLink"] == f"{BASE}{name}({shown['@iot.id']})"
            for relation in entities.relations:
                link = f"{shown['@iot.selfLink']}/{relation.name}"
                assert shown[f"{relation.name}@iot.navigationLink"] == link
                assert (await ask("GET", link)).status == 200, link
            for item in entities.properties:
                if item.required:
                    assert item.name in shown, (name, item.name)
            assert (await ask("GET", shown["@iot.selfLink"])).json == shown

    visit(program(), story)


def test_resource_path_to_every_property_and_its_value() -> None:
    async def story(ask: Ask) -> None:
        await stream_with(ask, 1)
        for name, entities in SETS.items():
            shown = (await ask("GET", name)).json["value"][0]
            for item in entities.properties:
                answer = await ask("GET", f"{shown['@iot.selfLink']}/{item.name}")
                if shown.get(item.name) is None:
                    assert answer.status == 204
                    continue
                assert answer.json == {item.name: shown[item.name]}
                raw = await ask("GET", f"{shown['@iot.selfLink']}/{item.name}/$value")
                assert raw.status == 200
                assert raw.headers["content-type"].startswith("text/plain")
                if isinstance(shown[item.name], str):
                    assert raw.body.decode() == shown[item.name]

    visit(program(), story)


def test_resource_path_within_json() -> None:
    async def story(ask: Ask) -> None:
        number = await made(ask, "Things", thing())
        assert (await ask("GET", f"Things({number})/properties/owner")).json == {"owner": "气象局"}
        assert (await ask("GET", f"Things({number})/properties/height/$value")).body == b"2"
        place = (await only(ask, "Locations"))["@iot.id"]
        assert (await ask("GET", f"Locations({place})/location/coordinates/0")).json == {"0": 125.3}
        assert (await ask("GET", f"Things({number})/properties/nothing")).status == 404

    visit(program(), story)


def test_resource_path_over_several_relations() -> None:
    async def story(ask: Ask) -> None:
        stream, (observation,) = await stream_with(ask, 7)
        owner = (await only(ask, "Things"))["@iot.id"]
        path = f"Things({owner})/Datastreams({stream})/Observations({observation})/FeatureOfInterest/Observations"
        assert (await only(ask, path))["result"] == 7
        assert (await only(ask, path + "/$ref")) == {"@iot.selfLink": f"{BASE}Observations({observation})"}
        single = await ask("GET", f"Datastreams({stream})/Thing/$ref")
        assert single.json == {"@iot.selfLink": f"{BASE}Things({owner})"}
        assert (await ask("GET", f"Datastreams({stream})/Thing/Locations")).json["value"][0]["name"] == "南湖"
        assert (await ask("GET", f"Datastreams({stream})/Thing/name")).json == {"name": "气象站"}
        other = await made(ask, "Things", thing(name="其他"))
        assert (await ask("GET", f"Things({other})/Datastreams({stream})")).status == 404

    visit(program(), story)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((f"{name}(999999)", 404) for name in SETS),
        *((f"{name}('text')", 404) for name in SETS),
        ("Nothing", 404),
        ("Things(1", 404),
        ("Things(99)/Datastreams", 404),
        ("Things/name", 404),
        ("Things(1)/Nothing", 404),
        ("Things(1)/name/$ref", 404),
        ("Things/$value", 404),
        ("Things?$top=-1", 400),
        ("Things?$top=x", 400),
        ("Things?$skip=1.5", 400),
        ("Things?$count=perhaps", 400),
        ("Things?$select=nothing", 400),
        ("Things?$expand=Nothing", 400),
        ("Things?$expand=Datastreams($top=1", 400),
        ("Things?$orderby=nothing", 400),
        ("Things?$orderby=name sideways", 400),
        ("Things?$filter=nothing eq 1", 400),
        ("Things?$filter=name eq", 400),
        ("Things?$filter=name eq 'a", 400),
        ("Things?$filter=(name eq 'a'", 400),
        ("Things?$filter=nothing(name)", 400),
        ("Things?$filter=length(name,name) gt 1", 400),
        ("Things?$filter=name gt 5", 400),
        ("Things?$filter=name", 400),
        ("Locations?$filter=st_within(location, geography'POINT(1')", 400),
        ("Locations?$filter=st_relate(location, location, 'nonsense!')", 400),
        ("Observations?$filter=phenomenonTime gt 2015-01-01T00:00:00", 400),
        ("Observations?$filter=phenomenonTime gt 2015-13-01T00:00:00Z", 400),
        ("Things?$resultFormat=dataArray", 400),
        ("Things?$resultFormat=other", 400),
        ("Things?$unknown=1", 400),
        ("Things?$skiptoken=nonsense", 400),
        ("Things?$skiptoken=WzEsMl0", 400),
        ("Things?$skiptoken=WyJ4Il0", 400),
    ],
)
def test_errors_are_told(path: str, status: int) -> None:
    async def story(ask: Ask) -> None:
        answer = await ask("GET", path)
        assert answer.status == status, answer.body
        assert answer.json["code"] == status
        assert answer.json["message"]

    visit(program(), story)


def test_request_data_select() -> None:
    async def story(ask: Ask) -> None:
        number = await made(ask, "Things", thing())
        assert await only(ask, "Things?$select=name") == {"name": "气象站"}
        assert await only(ask, "Things?$select=id,name") == {
            "@iot.id": number,
            "@iot.selfLink": f"{BASE}Things({number})",
            "name": "气象站",
        }
        link = {"Datastreams@iot.navigationLink": f"{BASE}Things({number})/Datastreams"}
        assert await only(ask, "Things?$select=Datastreams") == link
        assert (await ask("GET", f"Things({number})?$select=description")).json == {"description": "自动气象站"}

    visit(program(), story)


def test_request_data_expand_nested_with_options() -> None:
    async def story(ask: Ask) -> None:
        stream, ids = await stream_with(ask, 1, 2, 3)
        expand = (
            "Datastreams($select=name,id;$expand=Observations($filter=result ge 2;$orderby=result desc;$top=1;"
            "$count=true;$select=result),Sensor($select=name)),Locations($select=name)"
        )
        shown = await only(ask, f"Things?$select=name&$expand={expand}")
        assert shown["Locations"] == [{"name": "南湖"}]
        inner = shown["Datastreams"][0]
        assert inner["Sensor"] == {"name": "DHT"}
        assert (inner["Observations"], inner["Observations@iot.count"]) == ([{"result": 3}], 2)
        more = (await ask("GET", inner["Observations@iot.nextLink"])).json
        assert (more["value"], more["@iot.count"]) == ([{"result": 2}], 2)
        assert inner["@iot.id"] == stream
        found = (await ask("GET", f"Observations({ids[0]})?$expand=Datastream/Thing,Datastream/Sensor")).json
        assert found["Datastream"]["Thing"]["name"] == "气象站"
        assert found["Datastream"]["Sensor"]["name"] == "DHT"

    visit(program(), story)


@pytest.mark.parametrize("name", list(SETS))
def test_request_data_expand_of_every_relation(name: str) -> None:
    async def story(ask: Ask) -> None:
        await stream_with(ask, 1)
        for relation in SETS[name].relations:
            shown = (await ask("GET", f"{name}?$expand={relation.name}")).json["value"][0]
            inner = shown[relation.name][0] if relation.many else shown[relation.name]
            single = (await ask("GET", inner["@iot.selfLink"])).json
            assert inner == single
            assert f"{relation.name}@iot.navigationLink" not in shown

    visit(program(), story)


def test_request_data_pages_by_next_links_without_gap_or_double() -> None:
    async def story(ask: Ask) -> None:
        _, ids = await stream_with(ask, *range(7))
        for query in ("$top=2", "$top=3&$orderby=phenomenonTime desc", "$top=2&$orderby=result", "$top=4&$count=true"):
            seen: list[int] = []
            link: str | None = f"Observations?{query}"
            pages = 0
            while link:
                page = (await ask("GET", link)).json
                seen += [item["@iot.id"] for item in page["value"]]
                link, pages = page.get("@iot.nextLink"), pages + 1
            assert sorted(seen) == sorted(ids), query
            assert len(seen) == len(ids)
            assert pages == -(-7 // int(query[5]))

    visit(program(), story)


def test_request_data_skip_count_and_top_zero() -> None:
    async def story(ask: Ask) -> None:
        _, ids = await stream_with(ask, *range(5))
        page = (await ask("GET", "Observations?$skip=3&$top=1&$count=true")).json
        assert ([item["@iot.id"] for item in page["value"]], page["@iot.count"]) == ([ids[3]], 5)
        assert "$top=1&" in page["@iot.nextLink"] + "&"
        assert "$skip=4" in page["@iot.nextLink"]
        empty = (await ask("GET", "Observations?$top=0&$count=true")).json
        assert empty == {"@iot.count": 5, "value": []}
        assert (await ask("GET", "Observations/$count")).body == b"5"
        assert "@iot.nextLink" not in (await ask("GET", "Observations?$skip=4&$top=1")).json
        assert (await ask("GET", "Observations?$filter=result gt 2&$count=true")).json["@iot.count"] == 2

    visit(program(), story)


def test_request_data_orderby_several_and_expressions() -> None:
    async def story(ask: Ask) -> None:
        for name, description in (("b", "1"), ("a", "2"), ("a", "1"), ("B", "3")):
            await made(ask, "Things", {"name": name, "description": description})

        async def order(query: str) -> list[tuple[str, str]]:
            page = (await ask("GET", f"Things?$orderby={query}")).json
            return [(item["name"], item["description"]) for item in page["value"]]

        assert await order("name,description desc") == [("B", "3"), ("a", "2"), ("a", "1"), ("b", "1")]
        assert await order("name desc,description asc") == [("b", "1"), ("a", "1"), ("a", "2"), ("B", "3")]
        assert await order("tolower(name) desc,description") == [("b", "1"), ("B", "3"), ("a", "1"), ("a", "2")]
        assert (await order("id desc"))[0] == ("B", "3")

    visit(program(), story)


@pytest.mark.parametrize("name", list(SETS))
def test_request_data_orderby_every_property(name: str) -> None:
    async def story(ask: Ask) -> None:
        await stream_with(ask, 1, "b", True, None)
        for item in SETS[name].properties:
            answer = await ask("GET", f"{name}?$orderby={item.name} desc,id&$top=1")
            assert answer.status == 200, answer.body
            if "@iot.nextLink" in answer.json:
                assert (await ask("GET", answer.json["@iot.nextLink"])).status == 200

    visit(program(), story)


def test_data_array_of_observations() -> None:
    async def story(ask: Ask) -> None:
        stream, ids = await stream_with(ask, 1, 2.5, "text")
        page = (await ask("GET", "Observations?$resultFormat=dataArray&$count=true&$top=2")).json
        (table,) = page["value"]
        assert page["@iot.count"] == 3
        assert table["Datastream@iot.navigationLink"] == f"{BASE}Datastreams({stream})"
        names = ["id", "phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters"]
        assert table["components"] == names
        assert table["dataArray@iot.count"] == 2
        assert table["dataArray"][1] == [ids[1], "2015-03-01T01:00:00.000Z", 2.5, None, None, None, None]
        rest = (await ask("GET", page["@iot.nextLink"])).json
        assert rest["value"][0]["dataArray"][0][2] == "text"
        few = (await ask("GET", f"Datastreams({stream})/Observations?$resultFormat=dataArray&$select=result")).json
        assert few["value"][0]["dataArray"] == [[1], [2.5], ["text"]]

    visit(program(), story)


def test_times_and_quotes_survive_a_url() -> None:
    async def story(ask: Ask) -> None:
        await made(ask, "Things", {"name": "O'Neil + 100% / ü 南", "description": "x"})
        for url in (
            "Things?$filter=name+eq+'O''Neil+%2B+100%25+/+%C3%BC+%E5%8D%97'",
            "Things?$filter=startswith(name,%27O%27%27Neil%27)",
        ):
            assert (await ask("GET", url)).json["value"], url
        await stream_with(ask, 1)
        for zone in ("2015-03-01T08:00:00%2B08:00", "2015-03-01T08:00:00+08:00", "2015-02-28T19:00:00-05:00"):
            assert (await ask("GET", f"Observations?$filter=phenomenonTime eq {zone}")).json["value"], zone

    visit(program(), story)


def test_locations_of_other_encodings_are_kept_as_they_are() -> None:
    async def story(ask: Ask) -> None:
        place: dict[str, Any] = {**LOCATION, "encodingType": "text/plain", "location": "人民大街 1 号"}
        number = await made(ask, "Locations", place)
        assert (await ask("GET", f"Locations({number})/location")).json == {"location": "人民大街 1 号"}
        lofty = {**LOCATION, "location": {"type": "Point", "coordinates": [125.3, 43.85, 212.5]}}
        number = await made(ask, "Locations", lofty)
        assert (await ask("GET", f"Locations({number})")).json["location"] == lofty["location"]
        assert (await ask("GET", "Locations?$filter=geo.distance(location, geography'POINT(125.3 43.85)') lt 1")).json[
            "value"
        ][0]["@iot.id"] == number

    visit(program(), story)
