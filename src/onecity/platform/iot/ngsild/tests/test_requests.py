"""What all requests have in common: clauses 5.5.2 to 5.5.10, 6.3."""

from dataclasses import replace
from typing import Any

import pytest

from onecity.kernel.actor import ANONYMOUS, EVERYTHING, Actor, division_key
from onecity.platform.iot.ngsild.tests.asking import LINK, Broker
from onecity.platform.iot.permissions import EDIT_CONTEXT, VIEW_CONTEXT

T = {"id": "urn:e:a", "type": "T", "speed": {"type": "Property", "value": 1}}


def test_media_type_of_the_answer_is_negotiated(broker: Broker) -> None:
    broker.add(T)
    kinds = {
        "": "application/json",
        "*/*": "application/json",
        "application/*": "application/json",
        "application/ld+json": "application/ld+json",
        "application/json;q=0.5, application/ld+json": "application/ld+json",
        "text/html, application/ld+json;q=0.2, */*;q=0.1": "application/ld+json",
        "application/geo+json": "application/geo+json",
    }
    for accept, expected in kinds.items():
        assert broker.get("/entities/urn:e:a", accept=accept).headers["content-type"] == expected
    assert broker.get("/entities/urn:e:a", accept="text/html").status == 406
    assert broker.get("/types", accept="application/geo+json").status == 406


def test_media_type_of_the_body_is_checked(broker: Broker) -> None:
    assert broker.post("/entities", T, kind="text/plain").status == 415
    assert broker.post("/entities", T, kind="application/merge-patch+json").status == 415
    assert broker.ask("POST", "/entities", None, content_type="application/json").status == 411


def test_context_stands_in_one_place(broker: Broker) -> None:
    link = LINK.format("https://example.org/context.jsonld")
    assert broker.post("/entities", T, kind="application/ld+json").problem == "BadRequestData"
    assert broker.post("/entities", {**T, "@context": {}}, kind="application/json").problem == "BadRequestData"
    both = broker.ask("POST", "/entities", {**T, "@context": {"a": "urn:x:"}}, kind="application/ld+json", link=link)
    assert both.problem == "BadRequestData"
    assert broker.get("/entities?type=T", link=f"{link}, {link}").problem == "BadRequestData"


def test_context_that_cannot_be_read_is_named(broker: Broker) -> None:
    answer = broker.get("/entities?type=T", link=LINK.format("http://127.0.0.1:9/none.jsonld"))
    assert (answer.status, answer.problem) == (503, "LdContextNotAvailable")
    unknown = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-non-existing.jsonld"
    assert broker.post("/entities", {**T, "@context": {"@import": 5}}).problem == "BadRequestData"
    assert broker.get("/entities?type=T", link=LINK.format(unknown)).problem == "LdContextNotAvailable"


def test_parameters_that_nobody_knows_are_refused(broker: Broker) -> None:
    for method, path in (
        ("GET", "/entities"),
        ("GET", "/types"),
        ("DELETE", "/entities/urn:a:b"),
        ("GET", "/subscriptions"),
    ):
        answer = broker.ask(method, f"{path}?invalidParams=1")
        assert (answer.status, answer.problem) == (400, "InvalidRequest")
    assert broker.get("/entities?type=T&options=nonsense").problem == "BadRequestData"
    assert broker.get("/entities?type=T&options=keyValues,concise").problem == "InvalidRequest"


def test_methods_and_paths_that_are_not_there(broker: Broker) -> None:
    assert broker.put("/entities", T).status == 405
    assert broker.patch("/types", T).status == 405
    assert broker.get("/nothing").status == 404
    assert broker.get("/entities/?type=T").status == 200


def test_interface_stands_under_both_roots(broker: Broker) -> None:
    broker.add(T)
    assert broker.ask("GET", "/entities/urn:e:a", root="/api/ngsi-ld/v1").json() == T


def test_core_context_of_any_version_is_the_core_context(broker: Broker) -> None:
    for version in ("", "-v1.3", "-v1.6", "-v1.8", "-v1.8.1"):
        url = f"https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context{version}.jsonld"
        assert broker.get("/entities?type=T", link=LINK.format(url)).status == 200
    body = {**T, "@context": ["https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld"]}
    assert broker.post("/entities", body).status == 201
    assert broker.get("/entities/urn:e:a").json() == T


def test_hosted_contexts_are_listed_shown_and_taken_away(broker: Broker) -> None:
    body = {"@context": {"speed": "https://example.org/speed"}}
    made = broker.post("/jsonldContexts", body)
    path = made.headers["location"].removeprefix("/ngsi-ld/v1")
    assert made.status == 201
    url = f"http://city.example{made.headers['location']}"
    assert broker.get("/jsonldContexts").json() == [url]
    details = broker.get("/jsonldContexts?details=true&kind=Hosted").json()[0]
    assert (details["URL"], details["kind"], details["numberOfHits"]) == (url, "Hosted", 0)
    assert broker.get(path).json() == body
    assert broker.get(f"{path}?details=true").json()["localId"] == path.rpartition("/")[2]
    assert broker.delete(f"{path}?reload=true").problem == "BadRequestData"
    assert broker.delete(path).status == 204
    assert broker.get(path).problem == "ResourceNotFound"
    assert broker.delete(path).problem == "ResourceNotFound"
    assert broker.get("/jsonldContexts?kind=None").problem == "BadRequestData"
    assert broker.post("/jsonldContexts", {"a": 1}).problem == "BadRequestData"
    assert broker.post("/jsonldContexts", b"{").problem == "InvalidRequest"
    assert (
        broker.delete("/jsonldContexts/https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld").status == 400
    )


def test_contexts_refer_to_contexts(broker: Broker) -> None:
    made = broker.post("/jsonldContexts", {"@context": {"ex": "https://example.org/"}})
    url = f"http://city.example{made.headers['location']}"
    both = [url, {"speed": "ex:speed", "T": {"@id": "ex:T"}}]
    assert broker.post("/entities", {**T, "@context": both}).status == 201
    assert set(broker.get("/entities/urn:e:a").json()) == {"id", "type", "https://example.org/speed"}
    assert broker.get("/entities/urn:e:a", link=LINK.format(url)).json()["type"] == "ex:T"


def test_core_names_are_not_redefined(broker: Broker) -> None:
    body = {
        **T,
        "location": {"type": "Point", "coordinates": [1, 2]},
        "@context": {"location": "https://example.org/place"},
    }
    assert broker.post("/entities", body).status == 201
    assert "location" in broker.get("/entities/urn:e:a").json()


def test_tenants_know_nothing_of_each_other(broker: Broker) -> None:
    assert broker.get("/entities?type=T", ngsild_tenant="urn:ngsi-ld:tenant:x").problem == "NonexistentTenant"
    made = broker.ask("POST", "/entities", T, ngsild_tenant="x")
    assert (made.status, made.headers["NGSILD-Tenant"]) == (201, "x")
    assert broker.get("/entities?type=T").json() == []
    assert broker.get("/entities?type=T", ngsild_tenant="x").ids() == ["urn:e:a"]
    broker.add(T)
    assert broker.delete("/entities/urn:e:a", ngsild_tenant="x").status == 204
    assert broker.get("/entities/urn:e:a").status == 200


def test_nobody_reads_or_writes_without_a_right(broker: Broker) -> None:
    broker.add(T)
    broker.badge.held = ANONYMOUS
    assert broker.get("/entities?type=T").status == 401
    assert broker.post("/entities", T).status == 401
    broker.badge.held = Actor("client", 1, "x", None, {VIEW_CONTEXT: frozenset({EVERYTHING})})
    assert broker.get("/entities?type=T").ids() == ["urn:e:a"]
    assert broker.post("/entities", T).status == 403
    assert broker.post("/entityOperations/query", {"type": "Query", "entities": [{"type": "T"}]}).ids() == ["urn:e:a"]


def test_rows_of_others_are_neither_seen_nor_changed(broker: Broker) -> None:
    broker.add(T)
    rights = {name: frozenset({division_key("220102")}) for name in (VIEW_CONTEXT, EDIT_CONTEXT)}
    broker.badge.held = Actor("client", 1, "x", 7, rights)
    assert broker.get("/entities?type=T").json() == []
    assert broker.get("/entities/urn:e:a").status == 404
    assert broker.patch("/entities/urn:e:a", {"speed": 2}).status == 404
    assert broker.post("/entities", T).status == 409
    assert broker.get("/types").json()["typeList"] == []


@pytest.mark.parametrize(
    ("access", "reading", "writing"), [("token", 401, 401), ("public_read", 200, 401), ("open", 200, 201)]
)
def test_operator_may_open_the_interface(
    broker: Broker, settings: Any, access: str, reading: int, writing: int
) -> None:
    settings.ENV = replace(settings.ENV, ngsi_access=access)
    broker.badge.held = ANONYMOUS
    assert broker.get("/entities?type=T").status == reading
    assert broker.post("/entities", T).status == writing


def test_broker_says_who_it_is(broker: Broker) -> None:
    shown = broker.get("/info/sourceIdentity").json()
    assert (shown["type"], shown["contextSourceAlias"]) == ("ContextSourceIdentity", "onecity")


def test_whoever_subscribes_or_registers_is_on_record(broker: Broker) -> None:
    told = {"endpoint": {"uri": "http://127.0.0.1:9/"}}
    body = {"id": "urn:s:1", "type": "Subscription", "entities": [{"type": "T"}], "notification": told}
    assert broker.post("/subscriptions", body).status == 201
    assert broker.post("/subscriptions", body).status == 409
    assert broker.patch("/subscriptions/urn:s:1", {"isActive": False}).status == 204
    assert broker.delete("/subscriptions/urn:s:1").status == 204
    query = "SELECT action, target, actor FROM identity_auditentry WHERE action LIKE 'iot.%context%' ORDER BY id"
    rows = [tuple(row) for row in broker.run(broker.connection.fetch(query))]
    names = ("make_context_subscription", "change_context_subscription", "end_context_subscription")
    assert rows == [(f"iot.{name}", "iot.ngsi:urn:s:1", "system") for name in names]
