"""Finding entities: clauses 4.9, 4.10, 4.17, 4.19, 5.7.2, 5.5.9, 6.3.10, 6.3.13."""

from typing import Any
from urllib.parse import quote

import pytest

from onecity.platform.iot.ngsild.tests.asking import Broker


def entity(name: str, kind: Any = "Vehicle", /, **attributes: Any) -> dict[str, Any]:
    return {"id": f"urn:e:{name}", "type": kind, **attributes}


def fill(broker: Broker) -> None:
    broker.add(
        entity("a", speed={"value": 50, "observedAt": "2026-03-10T04:00:00Z", "accuracy": {"value": 0.5}}, brand="Audi",
               scope=["/madrid/gardens", "/zoo"], address={"type": "Property", "value": {"city": "长春", "no": 7}},
               sold=True, location={"type": "Point", "coordinates": [125.32, 43.88]},
               street={"languageMap": {"fr": "Grand Place", "nl": "Grote Markt"}}),
        entity("b", speed={"value": 80, "observedAt": "2026-03-10T06:00:00Z"}, brand="BMW", scope="/madrid",
               isParked={"object": "urn:p:1"}, location={"type": "Point", "coordinates": [125.33, 43.88]},
               built={"type": "Property", "value": {"@type": "DateTime", "@value": "2020-05-01T08:00:00+08:00"}}),
        entity("c", ["Vehicle", "Taxi"], speed=[{"value": 10}, {"value": 90, "datasetId": "urn:d:2"}],
               brand=["VW", "Audi"],
               sold=False, location={"type": "Point", "coordinates": [126.5, 43.88]}, kind={"vocab": "goods"}),
        entity("d", "Taxi", brand="a|b;c\"d", levels={"valueList": [1, 5]}, config={"json": {"mode": {"x": "y"}}}),
    )  # fmt: skip


def found(broker: Broker, **query: str) -> str:
    """Return the last letters of what a query finds."""
    query = {"type": "Vehicle,Taxi", **query}
    address = "&".join(f"{name}={quote(text)}" for name, text in query.items() if text)
    answer = broker.get(f"/entities?{address}")
    assert answer.status == 200, answer.body
    return "".join(uri[-1] for uri in answer.ids())


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("Vehicle", "abc"), ("Taxi", "cd"), ("Vehicle;Taxi", "c"), ("Vehicle,Taxi", "abcd"), ("Vehicle|Taxi", "abcd"),
        ("(Vehicle;Taxi),Bus", "c"), ("(Vehicle,Bus);(Taxi)", "c"), ("Bus", ""), ("*", "abcd"),
    ],
)  # fmt: skip
def test_types_are_selected(broker: Broker, selection: str, expected: str) -> None:
    fill(broker)
    assert found(broker, type=selection) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("speed", "abc"), ("speed>50", "bc"), ("speed>=50", "abc"), ("speed<50", "c"), ("speed<=50", "ac"),
        ("speed==50", "a"), ("speed!=50", "bc"), ("speed==40..60", "a"), ("speed!=40..60", "bc"),
        ("speed==50,80", "ab"),
        ("speed!=50,80", "c"), ("speed==-1..5.5", ""), ("speed==5e1", "a"),
        ('brand=="Audi"', "ac"), ('brand=="Audi","BMW"', "abc"), ('brand!="Audi"', "bd"), ("brand~=^B", "b"),
        ("brand!~=^(A|B)", "d"), ('brand=="a|b;c\\"d"', "d"), ('brand=="A".."C"', "abc"),
        ("sold==true", "a"), ("sold==false", "c"), ("sold!=true", "c"),
        ("speed.accuracy", "a"), ("speed.accuracy>0.4", "a"), ("speed.accuracy>0.6", ""),
        ("speed.observedAt>2026-03-10T05:00:00Z", "b"), ("speed.observedAt==2026-03-10T12:00:00+08:00", "a"),
        ("address[city]==\"长春\"", "a"), ("address[no]>5", "a"), ("address[none]", ""), ("address[city]", "a"),
        ("street[fr]==\"Grand Place\"", "a"), ("street[nl]~=Grote", "a"), ("street[*]==\"Grote Markt\"", "a"),
        ("isParked==urn:p:1", "b"), ("isParked==\"urn:p:1\"", "b"), ("isParked!=urn:p:1", ""),
        ("built==2020-05-01T00:00:00Z", "b"), ("built>2020-05-01T00:00:00Z", ""),
        ("built==2020-01-01T00:00:00Z..2020-12-31T00:00:00Z", "b"),
        ("levels==5", "d"), ("config[mode.x]==\"y\"", "d"), ("kind==\"goods\"", ""),
        ("speed>20;speed<80", "ac"), ("speed>80;speed<20", "c"), ("speed>50;brand==\"BMW\"", "b"),
        ("speed>50|brand~=Audi", "abc"), ("(speed>60|sold==true);brand", "abc"),
        ("speed==50;(brand==\"x\"|brand==\"Audi\")", "a"), ("createdAt>2000-01-01T00:00:00Z", "abcd"),
        ("modifiedAt<2000-01-01T00:00:00Z", ""), ("createdAt==2000-01-01T00:00:00Z..2999-01-01T00:00:00Z", "abcd"),
    ],
)  # fmt: skip
def test_conditions_find_entities(broker: Broker, query: str, expected: str) -> None:
    fill(broker)
    assert found(broker, q=query) == expected


def test_names_in_a_query_are_expanded_on_demand(broker: Broker) -> None:
    fill(broker)
    assert found(broker, q='kind=="goods"', expandValues="kind") == "c"


@pytest.mark.parametrize(
    "query",
    ["", ";", "speed>", "speed==", "(speed", "speed)", "speed>>5", "speed==nonsense value", 'brand=="open',
     "speed==1..",
     "a[b", "brand~=(", "speed==1..true", "createdAt>5"],
)  # fmt: skip
def test_query_that_is_none_is_refused(broker: Broker, query: str) -> None:
    fill(broker)
    answer = broker.get(f"/entities?type=Vehicle&q={quote(query)}")
    assert (answer.status, answer.problem) == (400, "BadRequestData")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("georel=near;maxDistance==2000&geometry=Point&coordinates=[125.32,43.88]", "ab"),
        ("georel=near;minDistance==2000&geometry=Point&coordinates=[125.32,43.88]", "c"),
        ("georel=within&geometry=Polygon&coordinates=[[[125,43],[126,43],[126,44],[125,44],[125,43]]]", "ab"),
        ("georel=intersects&geometry=LineString&coordinates=[[126,43.88],[127,43.88]]", "c"),
        ("georel=disjoint&geometry=Polygon&coordinates=[[[125,43],[126,43],[126,44],[125,44],[125,43]]]", "c"),
        ("georel=equals&geometry=Point&coordinates=[125.33,43.88]", "b"),
        ("georel=contains&geometry=Point&coordinates=[125.33,43.88]", "b"),
        ("georel=overlaps&geometry=Polygon&coordinates=[[[125,43],[126,43],[126,44],[125,44],[125,43]]]", ""),
        ("georel=near;maxDistance==2000&geometry=Point&coordinates=[125.32,43.88]&geoproperty=operationSpace", ""),
    ],
)
def test_places_find_entities(broker: Broker, how: str, expected: str) -> None:
    fill(broker)
    answer = broker.get(f"/entities?type=Vehicle&{how}")
    assert "".join(uri[-1] for uri in answer.ids()) == expected


@pytest.mark.parametrize(
    "how",
    ["georel=near;maxDistance==2000", "georel=near;maxDistance=2000&geometry=Point&coordinates=[1,2]",
     "georel=beside&geometry=Point&coordinates=[1,2]", "georel=within&geometry=Polygon&coordinates=[1,2]",
     "georel=within&geometry=Point&coordinates=x", "geometry=Point&coordinates=[1,2]"],
)  # fmt: skip
def test_query_by_place_that_is_none_is_refused(broker: Broker, how: str) -> None:
    assert broker.get(f"/entities?type=Vehicle&{how}").problem == "BadRequestData"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("/madrid", "b"), ("/madrid/#", "ab"), ("/madrid/+", "a"), ("/#", "ab"), ("/zoo,/madrid", "ab"),
     ("/zoo;/madrid", ""),
     ("(/zoo;/madrid/gardens)", "a"), ("/paris", ""), ("madrid", "b")],
)  # fmt: skip
def test_scopes_find_entities(broker: Broker, scope: str, expected: str) -> None:
    fill(broker)
    assert found(broker, scopeQ=scope) == expected


def test_identifiers_and_patterns_find_entities(broker: Broker) -> None:
    fill(broker)
    assert found(broker, id="urn:e:a,urn:e:d") == "ad"
    assert found(broker, idPattern="[bc]$") == "bc"
    assert found(broker, attrs="sold") == "ac"
    assert found(broker, pick="id,sold") == "ac"
    assert broker.get("/entities?type=Vehicle&idPattern=(").problem == "BadRequestData"
    assert broker.get("/entities?id=nouri&type=T").problem == "BadRequestData"


def test_query_must_go_by_something(broker: Broker) -> None:
    fill(broker)
    assert broker.get("/entities").problem == "BadRequestData"
    assert broker.get("/entities?limit=5").problem == "BadRequestData"
    assert broker.get("/entities?q=createdAt>2000-01-01T00:00:00Z").problem == "BadRequestData"
    assert len(broker.get("/entities?local=true").json()) == 4
    assert len(broker.get("/entities?attrs=sold").json()) == 2


def test_pages_have_links_and_a_count(broker: Broker) -> None:
    fill(broker)
    first = broker.get("/entities?type=Vehicle,Taxi&limit=2&count=true")
    assert first.headers["NGSILD-Results-Count"] == "4"
    assert 'rel="next"' in first.headers["link"]
    assert 'rel="prev"' not in first.headers["link"]
    second = broker.get("/entities?type=Vehicle,Taxi&limit=2&offset=2")
    assert second.ids() == ["urn:e:c", "urn:e:d"]
    assert 'rel="prev"' in second.headers["link"]
    assert 'rel="next"' not in second.headers["link"]
    counted = broker.get("/entities?type=Vehicle&limit=0&count=true")
    assert (counted.json(), counted.headers["NGSILD-Results-Count"]) == ([], "3")
    for wrong in ("limit=0", "limit=-1", "limit=x", "offset=-1", "limit=1001", "count=yes"):
        assert broker.get(f"/entities?type=Vehicle&{wrong}").problem == "BadRequestData"


def test_collection_is_shown_as_geojson(broker: Broker) -> None:
    fill(broker)
    shown = broker.get("/entities?type=Vehicle&options=keyValues", accept="application/geo+json").json()
    assert (shown["type"], len(shown["features"])) == ("FeatureCollection", 3)
    assert shown["features"][0]["properties"]["brand"] == "Audi"


def test_query_in_a_body_finds_the_same(broker: Broker) -> None:
    fill(broker)
    body = {
        "type": "Query", "entities": [{"type": "Vehicle"}], "q": "brand",
        "attrs": ["brand"],
        "geoQ": {"georel": "near;maxDistance==2000", "geometry": "Point", "coordinates": [125.32, 43.88]},
    }  # fmt: skip
    assert broker.post("/entityOperations/query", {"type": "Query", "entities": [{"type": "Taxi"}]}).ids() == [
        "urn:e:c", "urn:e:d"
    ]  # fmt: skip
    shown = broker.post("/entityOperations/query?options=keyValues", body).json()
    assert shown == [
        {"id": "urn:e:a", "type": "Vehicle", "brand": "Audi"},
        {"id": "urn:e:b", "type": "Vehicle", "brand": "BMW"},
    ]
    assert broker.post("/entityOperations/query", {"type": "Question"}).problem == "BadRequestData"
    assert broker.post("/entityOperations/query", {"type": "Query"}).problem == "BadRequestData"


def test_linked_entities_are_shown_inside_or_beside(broker: Broker) -> None:
    fill(broker)
    broker.add({"id": "urn:p:1", "type": "Parking", "name": "中心", "within": {"object": "urn:c:1"}})
    broker.add({"id": "urn:c:1", "type": "City", "name": "长春"})
    inline = broker.get("/entities/urn:e:b?join=inline&joinLevel=2").json()
    assert inline["isParked"]["entity"]["within"]["entity"]["name"]["value"] == "长春"
    flat = broker.get("/entities/urn:e:b?join=flat&options=keyValues").json()
    assert [item["id"] for item in flat] == ["urn:e:b", "urn:p:1"]
    simple = broker.get("/entities/urn:e:b?join=inline&options=keyValues&pick=id,isParked{name}").json()
    assert simple == {"id": "urn:e:b", "isParked": {"name": "中心"}}
    assert broker.get("/entities?type=Vehicle&q=isParked&join=flat").ids() == ["urn:e:b", "urn:p:1"]


def test_whatever_a_query_finds_is_purged(broker: Broker) -> None:
    fill(broker)
    assert broker.delete("/entities?type=Vehicle&drop=brand").status == 204
    assert found(broker, q="brand") == "d"
    assert broker.delete("/entities?type=Vehicle").status == 204
    assert found(broker) == "d"
    assert broker.delete("/entities").problem == "BadRequestData"


def test_types_and_attributes_are_discovered(broker: Broker) -> None:
    fill(broker)
    assert broker.get("/types").json()["typeList"] == ["Taxi", "Vehicle"]
    details = {item["typeName"]: set(item["attributeNames"]) for item in broker.get("/types?details=true").json()}
    assert details["Taxi"] == {"brand", "config", "kind", "levels", "location", "sold", "speed"}
    one = broker.get("/types/Vehicle").json()
    assert (one["type"], one["entityCount"]) == ("EntityTypeInfo", 3)
    assert {item["attributeName"]: item["attributeTypes"] for item in one["attributeDetails"]}["isParked"] == [
        "Relationship"
    ]
    assert broker.get("/types/None").problem == "ResourceNotFound"
    assert "speed" in broker.get("/attributes").json()["attributeList"]
    named = {item["attributeName"]: item["typeNames"] for item in broker.get("/attributes?details=true").json()}
    assert named["sold"] == [
        "Taxi", "Vehicle"
    ]  # fmt: skip
    speed = broker.get("/attributes/speed").json()
    assert (speed["attributeCount"], speed["attributeTypes"], speed["typeNames"]) == (
        3,
        ["Property"],
        ["Taxi", "Vehicle"],
    )
    assert broker.get("/attributes/none").problem == "ResourceNotFound"
