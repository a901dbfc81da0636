"""DCAT 3: what another catalogue reads is what stands here, and the shapes of DCAT-AP 3 hold."""

from datetime import UTC, datetime
from typing import Final

import pyshacl
import pytest
from django.test import Client
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import CSVW, DCAT, DCTERMS, FOAF, SKOS

from onecity.platform.exchange.codecs.dcat import Offer, Site, catalogue_graph, dataset_graph
from onecity.platform.exchange.codecs.dcat.terms import FREQUENCIES
from onecity.platform.exchange.contracts.catalogue import DistributionFacts, FieldText, PublishedEntry
from onecity.platform.exchange.models import DatasetVersion
from onecity.platform.exchange.tests.catalogue_factories import enter, gauge, provider, published
from onecity.platform.exchange.views.catalogue import dcat as views

HYDRA: Final = Namespace("http://www.w3.org/ns/hydra/core#")
EU: Final = "http://publications.europa.eu/resource/authority"
SITE: Final = Site("https://data.example.cn", "公共数据开放目录", "某市的目录。", "government", "某市人民政府")
NOW: Final = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
rdflib_parses_json_ld: Final = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
"""rdflib 7's own JSON-LD parser still makes one; only these tests parse."""
# What DCAT-AP 3.0.0 demands of the classes that we write, in our own words: each property's least and greatest number
# and the class of its values. Source: DCAT-AP 3.0.0, SHACL shapes.
DEMANDS: Final = {
    "dcat:Catalog": "dct:title 1- , dct:description 1- , dct:publisher 1-1 foaf:Agent, dcat:dataset 0- dcat:Dataset,"
    " dcat:service 0- dcat:DataService, dcat:themeTaxonomy 0- skos:ConceptScheme, foaf:homepage 0-1 foaf:Document,"
    " dct:language 0- dct:LinguisticSystem, dct:license 0-1 dct:LicenseDocument, dct:issued 0-1 , dct:modified 0-1 ",
    "dcat:Dataset": "dct:title 1- , dct:description 1- , dct:publisher 0-1 foaf:Agent, dct:issued 0-1 ,"
    " dct:modified 0-1 , dct:accessRights 0-1 dct:RightsStatement, dct:accrualPeriodicity 0-1 dct:Frequency,"
    " dct:language 0- dct:LinguisticSystem, dcat:theme 0- skos:Concept, dcat:distribution 0- dcat:Distribution,"
    " dcat:landingPage 0- foaf:Document",
    "dcat:Distribution": "dcat:accessURL 1- , dct:license 0-1 dct:LicenseDocument, dct:rights 0-1 dct:RightsStatement,"
    " dcat:mediaType 0-1 dct:MediaType, dcat:byteSize 0-1 , dct:modified 0-1 , dcat:accessService 0- dcat:DataService",
    "dcat:DataService": "dct:title 1- , dcat:endpointURL 1- , dct:publisher 0-1 foaf:Agent,"
    " dcat:servesDataset 0- dcat:Dataset, dct:license 0-1 dct:LicenseDocument,"
    " dct:accessRights 0-1 dct:RightsStatement",
    "foaf:Agent": "foaf:name 1- ",
    "skos:Concept": "skos:prefLabel 1- ",
    "skos:ConceptScheme": "dct:title 1- ",
}
PREFIXES: Final = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
TYPED: Final = """
[] a sh:NodeShape ; sh:targetSubjectsOf dct:issued, dct:modified ;
    sh:property [ sh:path dct:issued ; sh:datatype xsd:dateTime ], [ sh:path dct:modified ; sh:datatype xsd:dateTime ] .
[] a sh:NodeShape ; sh:targetSubjectsOf dcat:byteSize ;
    sh:property [ sh:path dcat:byteSize ; sh:datatype xsd:nonNegativeInteger ] .
"""


def shapes() -> Graph:
    """Return the demands as SHACL."""
    text = [PREFIXES, TYPED]
    for target, lines in DEMANDS.items():
        properties = []
        for line in lines.split(","):
            path, number, *kind = line.split()
            least, _, most = number.partition("-")
            demand = f"sh:path {path} ; sh:minCount {least}"
            demand += f" ; sh:maxCount {most}" if most else ""
            demand += f" ; sh:class {kind[0]}" if kind else ""
            properties.append(f"sh:property [ {demand} ]")
        text.append(f"[] a sh:NodeShape ; sh:targetClass {target} ; {' ; '.join(properties)} .")
    return Graph().parse(data="\n".join(text), format="turtle")


def conforms(graph: Graph) -> tuple[bool, str]:
    result, _, report = pyshacl.validate(graph, shacl_graph=shapes())
    return bool(result), str(report)


def entry(**changes: object) -> PublishedEntry:
    said: dict[str, object] = {
        "code": "gauge.rows",
        "resource_code": "211001/000001",
        "identifier": "220001/000001",
        "version": 3,
        "title": "计量记录",
        "abstract": "每行一个编号。",
        "class_path": (("2", "主题信息资源类"), ("211", "生态环保"), ("211001", "大气环境")),
        "provider_code": "ecology",
        "provider_name": "生态环境局",
        "provider_credit_code": "11220100MB1234567X",
        "sharing_type": "unconditional",
        "sharing_condition": "",
        "open_type": "unconditional",
        "open_condition": "",
        "licence": ("cc-by-4.0", "知识共享署名 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        "update_cycle": "daily",
        "keywords": ("空气", "质量"),
        "related": ("gauge.other",),
        "issued_at": NOW,
        "modified_at": NOW,
        "last_data_at": None,
        "has_geometry": False,
        "served": True,
        "queryable": True,
        "fields": (FieldText("number", "编号", is_key=True, nullable=False), FieldText("at", "时间", "timestamp")),
    }
    return PublishedEntry(**{**said, **changes})  # type: ignore[arg-type]  # names are checked by the tests


def offer(**changes: object) -> Offer:
    ways = (
        DistributionFacts("csv", "CSV 表格", "text/csv", "https://data.example.cn/f.csv", 12),
        DistributionFacts("json", "JSON 数据", "application/json", "https://data.example.cn/f.json"),
    )
    return Offer(entry(**changes), ways, "https://data.example.cn/api/exchange/open/gauge.rows/rows")


@rdflib_parses_json_ld
@pytest.mark.parametrize("form", ["turtle", "json-ld"])
def test_another_catalogue_reads_back_what_was_written(form: str) -> None:
    graph = Graph().parse(data=catalogue_graph(SITE, offers=[offer()]).serialize(format=form), format=form)
    node = graph.value(predicate=RDF.type, object=DCAT.Dataset)
    assert node == URIRef("https://data.example.cn/open/datasets/gauge.rows")
    assert graph.value(node, DCTERMS.title) == Literal("计量记录", lang="zh")
    assert {str(item) for item in graph.objects(node, DCTERMS.identifier)} == {"211001/000001", "220001/000001"}
    assert graph.value(node, DCTERMS.accrualPeriodicity) == URIRef(f"{EU}/frequency/DAILY")
    assert graph.value(node, DCTERMS.accessRights) == URIRef(f"{EU}/access-right/PUBLIC")
    agent = graph.value(node, DCTERMS.publisher)
    assert graph.value(agent, FOAF.name) == Literal("生态环境局", lang="zh")
    assert graph.value(agent, DCTERMS.identifier) == Literal("11220100MB1234567X")
    theme = graph.value(node, DCAT.theme)
    assert graph.value(theme, SKOS.notation) == Literal("211001")
    broader = graph.value(theme, SKOS.broader)
    assert graph.value(graph.value(broader, SKOS.broader), SKOS.notation) == Literal("2")
    assert set(graph.objects(node, DCTERMS.relation)) == {SITE.dataset("gauge.other")}


def test_distributions_name_their_media_type_licence_size_and_schema() -> None:
    graph = dataset_graph(SITE, offer=offer())
    node = SITE.dataset("gauge.rows")
    kinds = {graph.value(item, DCAT.mediaType) for item in graph.objects(node, DCAT.distribution)}
    assert kinds == {
        URIRef("https://www.iana.org/assignments/media-types/text/csv"),
        URIRef("https://www.iana.org/assignments/media-types/application/json"),
    }
    way = URIRef(f"{node}#csv")
    assert graph.value(way, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert int(str(graph.value(way, DCAT.byteSize))) == 12
    schema = graph.value(way, CSVW.tableSchema)
    listed = graph.value(schema, CSVW.column)
    assert listed is not None
    names = [str(graph.value(column, CSVW.name)) for column in Collection(graph, listed)]
    assert names == ["number", "at"]
    assert graph.value(schema, CSVW.primaryKey) == Literal("number")


@pytest.mark.parametrize("cycle", DatasetVersion.Cycle.values)
def test_every_update_cycle_has_a_frequency(cycle: str) -> None:
    graph = dataset_graph(SITE, offer=offer(update_cycle=cycle))
    assert graph.value(SITE.dataset("gauge.rows"), DCTERMS.accrualPeriodicity) == URIRef(
        f"{EU}/frequency/{FREQUENCIES[cycle]}"
    )


@pytest.mark.parametrize(
    ("open_type", "rights"), [("unconditional", "PUBLIC"), ("conditional", "RESTRICTED"), ("none", "NON_PUBLIC")]
)
def test_opening_is_said_as_access_rights(open_type: str, rights: str) -> None:
    graph = dataset_graph(SITE, offer=offer(open_type=open_type))
    assert graph.value(SITE.dataset("gauge.rows"), DCTERMS.accessRights) == URIRef(f"{EU}/access-right/{rights}")


@pytest.mark.parametrize(
    "graph",
    [
        catalogue_graph(SITE, offers=[]),
        catalogue_graph(SITE, offers=[offer()]),
        catalogue_graph(SITE, offers=[offer(licence=None, resource_code="", identifier="", keywords=(), related=())]),
        dataset_graph(SITE, offer=Offer(entry(served=False, queryable=False, class_path=()), ())),
    ],
    ids=["empty", "whole", "bare", "without ways"],
)
def test_the_demands_of_dcat_ap_hold(graph: Graph) -> None:
    result, report = conforms(graph)
    assert result, report


@pytest.mark.parametrize(
    ("subject", "predicate"),
    [
        (SITE.catalogue, DCTERMS.title),
        (SITE.catalogue, DCTERMS.publisher),
        (SITE.dataset("gauge.rows"), DCTERMS.description),
        (URIRef(f"{SITE.dataset('gauge.rows')}#csv"), DCAT.accessURL),
        (SITE.agent("ecology"), FOAF.name),
        (SITE.theme("211001"), SKOS.prefLabel),
    ],
)
def test_the_demands_find_what_is_missing(subject: URIRef, predicate: URIRef) -> None:
    graph = catalogue_graph(SITE, offers=[offer()])
    graph.remove((subject, predicate, None))
    assert not conforms(graph)[0]


@rdflib_parses_json_ld
@pytest.mark.django_db
def test_the_public_catalogue_is_served_in_both_forms(
    monkeypatch: pytest.MonkeyPatch, client: Client, now: datetime
) -> None:
    enter(monkeypatch, gauge(), now=now)
    published(provider(), now=now)  # not open, so not to be found
    for path, form, kind in (
        ("/open/catalog.ttl", "turtle", "text/turtle"),
        ("/open/catalog.jsonld", "json-ld", "application/ld+json"),
        ("/open/datasets/gauge.rows/dcat.ttl", "turtle", "text/turtle"),
        ("/open/datasets/gauge.rows/dcat.jsonld", "json-ld", "application/ld+json"),
    ):
        response = client.get(path)
        assert response.headers["Content-Type"].startswith(kind)
        graph = Graph().parse(data=response.content, format=form)
        found = list(graph.subjects(RDF.type, DCAT.Dataset))
        assert found == [URIRef("http://testserver/open/datasets/gauge.rows")]
        assert len(list(graph.objects(found[0], DCAT.distribution))) == 4
        result, report = conforms(graph)
        assert result, report


@pytest.mark.django_db
def test_a_large_catalogue_comes_in_pages_that_lead_on(
    monkeypatch: pytest.MonkeyPatch, client: Client, now: datetime
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    body = provider()
    codes = {published(body, now=now, open_type="unconditional", licence_code="cc-by-4.0").code for _ in range(5)}
    seen: list[str] = []
    path: str = "/open/catalog.ttl"
    while path:
        graph = Graph().parse(data=client.get(path).content, format="turtle")
        seen += [str(node).rsplit("/", 1)[-1] for node in graph.subjects(RDF.type, DCAT.Dataset)]
        catalogue = graph.value(predicate=RDF.type, object=DCAT.Catalog)
        assert graph.value(catalogue, HYDRA.totalItems) == Literal(5)
        following = graph.value(graph.value(catalogue, HYDRA.view), HYDRA.next)
        path = str(following).removeprefix("http://testserver") if following else ""
    assert sorted(seen) == sorted(codes)
