"""Try out."""

import pytest

from onecity.platform.iot.tests.sensorthings.house import Ask, program, visit
from onecity.platform.iot.tests.sensorthings.world import made, only, thing

pytestmark = pytest.mark.django_db(transaction=True)


def test_first() -> None:
    async def story(ask: Ask) -> None:
        print((await ask("GET", "")).body[:200])
        n = await made(ask, "Things", thing())
        for path in [
            "Things",
            f"Things({n})/Locations",
            "Datastreams",
            "HistoricalLocations",
            "Sensors",
            "ObservedProperties",
            "Observations",
            "FeaturesOfInterest",
            f"Things({n})/name",
            f"Things({n})/name/$value",
            f"Things({n})?$expand=Datastreams($expand=Observations),Locations",
            "Things?$filter=Datastreams/ObservedProperty/name eq '温度'&$count=true",
            "Datastreams?$filter=st_within(Thing/Locations/location, geography'POLYGON((120 40,130 40,130 50,120 50,120 40))')",
        ]:
            a = await ask("GET", path)
            print(path, a.status, a.body.decode()[:1500])
        d = (await only(ask, "Datastreams"))["@iot.id"]
        for body in [
            {"result": 5, "phenomenonTime": "2015-03-01T00:00:00Z"},
            {"result": 6, "phenomenonTime": "2015-03-01T00:00:00Z"},
            {"result": "text"},
            {
                "result": 1,
                "resultTime": "2015-03-01T00:00:00Z",
                "parameters": {"a": 1},
                "phenomenonTime": "2015-03-01T00:00:00Z/2015-03-01T01:00:00Z",
            },
        ]:
            a = await ask("POST", f"Datastreams({d})/Observations", body)
            print(a.status, a.headers.get("location"), a.body.decode()[:500])
            b = await ask("GET", a.headers["location"])
            print(b.status, b.body.decode()[:800])
            assert b.json == a.json
        for path in [
            "Observations?$orderby=phenomenonTime desc&$top=1",
            "Observations?$filter=result gt 3",
            "Observations?$resultFormat=dataArray&$count=true",
            f"Datastreams({d})?$expand=Observations($top=1;$count=true),Thing",
            "FeaturesOfInterest?$expand=Observations($select=result)",
        ]:
            a = await ask("GET", path)
            print(path, a.status, a.body.decode()[:1500])
            if "nextLink" in a.body.decode() and "@iot.nextLink" in a.json:
                b = await ask("GET", a.json["@iot.nextLink"])
                print("NEXT", b.status, b.body.decode()[:700])
        for m, p, b in [
            ("PATCH", f"Things({n})", {"name": "X", "properties": {"q": 1}}),
            ("DELETE", f"Things({n})", None),
            ("GET", "Datastreams", None),
            ("GET", "Observations", None),
        ]:
            a = await ask(m, p, b)
            print(m, p, a.status, a.body.decode()[:300])

    visit(program(), story)
