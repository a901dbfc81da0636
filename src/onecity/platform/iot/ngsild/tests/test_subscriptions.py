"""Subscriptions and notifications: clauses 5.2.12 to 5.2.15, 5.3.1, 5.8, 6.3.9."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from onecity.kernel import clock
from onecity.platform.iot.ngsild.rules import moments
from onecity.platform.iot.ngsild.tests.asking import ENDPOINT, LINK, Broker

CAR: dict[str, Any] = {
    "id": "urn:e:car", "type": "Vehicle", "speed": {"type": "Property", "value": 50}, "brand": "Audi",
    "location": {"type": "Point", "coordinates": [125.32, 43.88]},
}  # fmt: skip
PATH = "/subscriptions/urn:ngsi-ld:Subscription:1"


def wish(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": "urn:ngsi-ld:Subscription:1",
        "type": "Subscription",
        "entities": [{"type": "Vehicle"}],
        "notification": {"endpoint": {"uri": ENDPOINT, "accept": "application/json"}},
    }
    found.update(changes)
    return {key: value for key, value in found.items() if value is not None}


def told(**notification: Any) -> dict[str, Any]:
    return {"endpoint": {"uri": ENDPOINT, "accept": "application/json"}, **notification}


def subscribe(broker: Broker, **changes: Any) -> None:
    answer = broker.post("/subscriptions", wish(**changes))
    assert answer.status == 201, answer.body


def test_subscription_is_made_shown_listed_and_ended(broker: Broker) -> None:
    made = broker.post("/subscriptions", wish(description="慢车"))
    assert (made.status, made.headers["location"]) == (201, f"/ngsi-ld/v1{PATH}")
    shown = broker.get(PATH).json()
    assert (shown["entities"], shown["description"], shown["status"]) == ([{"type": "Vehicle"}], "慢车", "active")
    assert shown["notification"]["endpoint"] == {"uri": ENDPOINT, "accept": "application/json"}
    assert broker.post("/subscriptions", wish()).problem == "AlreadyExists"
    page = broker.get("/subscriptions?limit=1&count=true")
    assert (page.ids(), page.headers["NGSILD-Results-Count"]) == (["urn:ngsi-ld:Subscription:1"], "1")
    assert broker.delete(PATH).status == 204
    assert broker.get(PATH).problem == "ResourceNotFound"
    assert broker.delete(PATH).problem == "ResourceNotFound"


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Wish"}, {"id": "x"}, {"notification": 5}, {"notification": {}}, {"entities": []},
        {"entities": [{"name": 1}]}, {"entities": [{"id": "x"}]}, {"entities": [{"type": 5}]},
        {"watchedAttributes": []},
        {"watchedAttributes": ["a(b"]}, {"notificationTrigger": ["always"]}, {"timeInterval": 0}, {"throttling": -1},
        {"timeInterval": 5, "throttling": 5}, {"timeInterval": 5, "watchedAttributes": ["speed"]},
        {"q": "speed>>"}, {"q": "speed~=("}, {"geoQ": {"georel": "near"}}, {"geoQ": 5}, {"scopeQ": "((("},
        {"expiresAt": "2000-01-01T00:00:00Z"}, {"expiresAt": "soon"}, {"isActive": "yes"},
        {"entities": [{"type": "Vehicle", "idPattern": "("}]},
        {"notification": {"endpoint": {"uri": "no uri"}}}, {"notification": {"endpoint": {"uri": "ftp://x.example/a"}}},
        {"notification": {"endpoint": {"uri": ENDPOINT, "accept": "text/html"}}},
        {"notification": {"endpoint": {"uri": ENDPOINT, "receiverInfo": [5]}}},
        {"notification": {"endpoint": {"uri": ENDPOINT, "timeout": "x"}}},
        {"notification": told(format="xml")}, {"notification": told(attributes=[])}, {"notification": told(sysAttrs=1)},
        {"notification": told(format="keyValues", showChanges=True)},
    ],
)  # fmt: skip
def test_subscription_that_breaks_a_rule_is_refused(broker: Broker, change: dict[str, Any]) -> None:
    answer = broker.post("/subscriptions", wish(**change))
    assert (answer.status, answer.problem) == (400, "BadRequestData")
    assert broker.get("/subscriptions").json() == []


def test_creation_and_update_are_told(broker: Broker) -> None:
    subscribe(broker)
    broker.add(CAR)
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 60})
    first, second = broker.deliver()
    assert (first.path, first.headers["Content-Type"]) == ("/notify", "application/json")
    assert first.body["type"] == "Notification"
    assert first.body["subscriptionId"] == "urn:ngsi-ld:Subscription:1"
    assert first.body["id"].startswith("urn:ngsi-ld:Notification:")
    assert "json-ld#context" in first.headers["Link"]
    assert [item["speed"]["value"] for letter in (first, second) for item in letter.data] == [50, 60]
    figures = broker.get(PATH).json()["notification"]
    assert (figures["status"], figures["timesSent"], figures["timesFailed"]) == ("ok", 2, 0)
    assert {"lastNotification", "lastSuccess"} <= figures.keys()


@pytest.mark.parametrize(
    ("triggers", "count"),
    [(["entityCreated"], 1), (["entityDeleted"], 1), (["entityUpdated"], 3), (["attributeCreated"], 2),
     (["attributeUpdated"], 1), (["attributeDeleted"], 2), (None, 3)],
)  # fmt: skip
def test_only_what_is_wished_for_is_told(broker: Broker, triggers: list[str] | None, count: int) -> None:
    subscribe(broker, notificationTrigger=triggers)
    broker.add(CAR)
    broker.post("/entities/urn:e:car/attrs", {"doors": 4})
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 60})
    broker.delete("/entities/urn:e:car/attrs/doors")
    broker.delete("/entities/urn:e:car")
    assert len(broker.deliver()) == count


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        ({"entities": [{"type": "Bus"}]}, False), ({"entities": [{"type": "Bus,Vehicle"}]}, True),
        ({"entities": [{"type": "Vehicle", "id": "urn:e:car"}]}, True),
        ({"entities": [{"type": "Vehicle", "id": "urn:e:x"}]}, False),
        ({"entities": [{"type": "Vehicle", "idPattern": "car$"}]}, True),
        ({"entities": [{"type": "Vehicle", "idPattern": "bus$"}]}, False),
        ({"entities": None, "watchedAttributes": ["speed"]}, True), ({"watchedAttributes": ["doors"]}, False),
        ({"q": "speed>40"}, True), ({"q": "speed>50"}, False), ({"q": 'brand=="Audi";speed'}, True),
        ({"geoQ": {"georel": "near;maxDistance==100", "geometry": "Point", "coordinates": [125.32, 43.88]}}, True),
        ({"geoQ": {"georel": "near;maxDistance==100", "geometry": "Point", "coordinates": [126, 43.88]}}, False),
        ({"scopeQ": "/north/#"}, True), ({"scopeQ": "/south"}, False), ({"isActive": False}, False),
    ],
)  # fmt: skip
def test_only_entities_wished_for_are_told(broker: Broker, change: dict[str, Any], heard: bool) -> None:
    subscribe(broker, **change)
    broker.add({**CAR, "scope": "/north/harbour"})
    assert len(broker.deliver()) == heard


def test_entities_of_one_request_come_together(broker: Broker) -> None:
    subscribe(broker)
    broker.post(
        "/entityOperations/create", [CAR, {**CAR, "id": "urn:e:second"}, {**CAR, "id": "urn:e:t", "type": "Tree"}]
    )
    (letter,) = broker.deliver()
    assert [item["id"] for item in letter.data] == ["urn:e:car", "urn:e:second"]


def test_form_of_a_notification_is_chosen(broker: Broker) -> None:
    accept = {"uri": ENDPOINT, "accept": "application/ld+json", "receiverInfo": [{"key": "X-Key", "value": "v"}]}
    subscribe(broker, notification={"endpoint": accept, "format": "keyValues", "attributes": ["speed"]})
    broker.add(CAR)
    (letter,) = broker.deliver()
    assert letter.data == [{"id": "urn:e:car", "type": "Vehicle", "speed": 50}]
    assert (letter.headers["Content-Type"], letter.headers["X-Key"]) == ("application/ld+json", "v")
    assert "@context" in letter.body
    broker.delete(PATH)
    subscribe(broker, notification=told(sysAttrs=True, format="concise", omit=["brand"]))
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 1})
    (second,) = broker.deliver()
    assert set(second.data[0]) == {"id", "type", "speed", "location", "createdAt", "modifiedAt"}
    broker.delete(PATH)
    subscribe(broker, notification={"endpoint": {"uri": ENDPOINT, "accept": "application/geo+json"}})
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 2})
    (third,) = broker.deliver()
    assert (third.data["type"], third.data["features"][0]["geometry"]["type"]) == ("FeatureCollection", "Point")


def test_changes_are_shown_on_demand(broker: Broker) -> None:
    broker.add(CAR)
    triggers = ["attributeUpdated", "attributeDeleted", "entityDeleted"]
    subscribe(broker, notification=told(showChanges=True), notificationTrigger=triggers)
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 60})
    broker.delete("/entities/urn:e:car/attrs/brand")
    broker.delete("/entities/urn:e:car")
    changed, less, gone = broker.deliver()
    assert (changed.data[0]["speed"]["value"], changed.data[0]["speed"]["previousValue"]) == (60, 50)
    assert "previousValue" not in changed.data[0]["brand"]
    assert (less.data[0]["brand"]["value"], less.data[0]["brand"]["previousValue"]) == ("urn:ngsi-ld:null", "Audi")
    assert gone.data[0]["speed"]["previousValue"] == 60


def test_names_are_those_of_the_subscription(broker: Broker) -> None:
    made = broker.post(
        "/jsonldContexts", {"@context": {"Vehicle": "https://example.org/V", "v": "https://example.org/speed"}}
    )
    url = f"http://city.example{made.headers['location']}"
    assert broker.post("/subscriptions", {**wish(q="v>10", watchedAttributes=["v"]), "@context": url}).status == 201
    context = {"Vehicle": "https://example.org/V", "speed": "https://example.org/speed"}
    broker.add({"@context": context, **CAR})
    (letter,) = broker.deliver()
    assert (letter.data[0]["type"], letter.data[0]["v"]["value"]) == ("Vehicle", 50)
    assert letter.headers["Link"] == LINK.format(url)
    shown = broker.get(PATH, link=LINK.format(url)).json()
    assert (shown["watchedAttributes"], shown["entities"], shown["jsonldContext"]) == (
        ["v"],
        [{"type": "Vehicle"}],
        url,
    )


def test_failed_notification_is_tried_again_in_order(broker: Broker) -> None:
    endpoint = {"uri": ENDPOINT, "accept": "application/json", "cooldown": 0}
    subscribe(broker, notification={"endpoint": endpoint})
    broker.add(CAR)
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 60})
    letters = broker.deliver(500, 503)
    assert [item["speed"]["value"] for letter in letters for item in letter.data] == [50, 50, 50, 60]
    figures = broker.get(PATH).json()["notification"]
    assert (figures["timesSent"], figures["timesFailed"], figures["status"]) == (4, 2, "ok")
    assert "lastFailure" in figures


def test_failure_waits_and_is_visible(broker: Broker) -> None:
    subscribe(broker)
    broker.add(CAR)
    assert len(broker.deliver(500)) == 1
    figures = broker.get(PATH).json()["notification"]
    assert (figures["status"], figures["timesFailed"]) == ("failed", 1)
    waiting = broker.run(broker.connection.fetchval("SELECT count(*) FROM iot_ngsi_notice WHERE due_at > now()"))
    assert waiting == 1
    broker.run(broker.connection.execute("UPDATE iot_ngsi_notice SET due_at = '2000-01-01', attempts = 7"))
    assert len(broker.deliver(500)) == 1
    assert broker.run(broker.connection.fetchval("SELECT count(*) FROM iot_ngsi_notice")) == 0


def test_throttled_notifications_are_left_out(broker: Broker) -> None:
    subscribe(broker, throttling=300)
    broker.add(CAR)
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 60})
    assert len(broker.deliver()) == 1
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 70})
    assert broker.deliver() == []


def test_interval_tells_without_a_change(broker: Broker) -> None:
    broker.add(CAR, {**CAR, "id": "urn:e:slow", "speed": 5})
    subscribe(broker, timeInterval=30, q="speed>10")
    (letter,) = broker.deliver()
    assert [item["id"] for item in letter.data] == ["urn:e:car"]
    assert broker.deliver() == []
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 60})
    assert broker.deliver() == []
    broker.run(broker.connection.execute("UPDATE iot_ngsi_subscription SET due_at = '2000-01-01'"))
    assert [item["speed"]["value"] for letter in broker.deliver() for item in letter.data] == [60]


def test_subscription_is_changed(broker: Broker) -> None:
    subscribe(broker, watchedAttributes=["speed"])
    assert broker.patch(PATH, {"watchedAttributes": ["brand"], "notification": told(format="keyValues")}).status == 204
    broker.add(CAR)
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 60})
    assert len(broker.deliver()) == 1
    assert broker.patch(PATH, {"isActive": False}).status == 204
    assert (broker.get(PATH).json()["status"], broker.get(PATH).json()["isActive"]) == ("paused", False)
    broker.patch("/entities/urn:e:car", {"brand": "BMW"})
    assert broker.deliver() == []
    assert broker.patch(PATH, {"isActive": True, "watchedAttributes": None}).status == 204
    assert "watchedAttributes" not in broker.get(PATH).json()
    for wrong in ({}, {"q": "speed>>"}, {"id": "urn:other:1"}, {"notification": {"endpoint": {"uri": "x"}}}):
        assert broker.patch(PATH, wrong).problem == "BadRequestData"
    assert broker.patch("/subscriptions/urn:none:1", {"q": "a"}).problem == "ResourceNotFound"


def test_expired_subscription_hears_nothing(broker: Broker) -> None:
    soon = moments.shown(moments.kept(clock.real_now() + timedelta(hours=1)))
    subscribe(broker, expiresAt=soon)
    broker.run(broker.connection.execute("UPDATE iot_ngsi_subscription SET expires_at = '2000-01-01'"))
    broker.add(CAR)
    assert broker.get(PATH).json()["status"] == "expired"
    assert broker.deliver() == []


def test_address_that_the_operator_does_not_allow_is_refused(broker: Broker, settings: Any) -> None:
    settings.ENV = replace(settings.ENV, ngsi_hosts=("10.0.0.*",))
    for inside in (ENDPOINT, "http://localhost/", "http://[::1]/", "http://169.254.169.254/", "mqtt://192.168.1.1/a"):
        refused = broker.post("/subscriptions", wish(notification={"endpoint": {"uri": inside}}))
        assert (inside, refused.problem) == (inside, "BadRequestData")
    for allowed in ("http://10.0.0.7/inbox", "http://8.8.8.8/inbox"):
        assert broker.post("/subscriptions", wish(id=None, notification={"endpoint": {"uri": allowed}})).status == 201


def test_rolled_back_change_tells_nothing(broker: Broker) -> None:
    subscribe(broker)
    broker.add(CAR)
    broker.deliver()
    assert broker.post("/entities", CAR).status == 409
    assert broker.patch("/entities/urn:e:car", {"speed": {"type": "Relationship", "object": "urn:a:b"}}).status == 400
    assert broker.deliver() == []


def test_first_subscription_of_all_is_noticed_by_whoever_writes_already(broker: Broker) -> None:
    broker.run(broker.connection.execute("ALTER SEQUENCE iot_ngsi_subscription_version RESTART"))
    broker.add(CAR)
    subscribe(broker)
    broker.patch("/entities/urn:e:car/attrs/speed", {"value": 60})
    assert len(broker.deliver()) == 1
