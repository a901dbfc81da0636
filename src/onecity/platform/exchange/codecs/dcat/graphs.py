"""The catalogue and its datasets as DCAT 3 graphs."""

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import CSVW, DCAT, DCTERMS, FOAF, RDF, SKOS, XSD

from onecity.platform.exchange.codecs.dcat.fields import schema
from onecity.platform.exchange.codecs.dcat.terms import (
    CHINESE,
    EU,
    FREQUENCIES,
    HYDRA,
    IANA,
    VERSION,
    Site,
    agent,
    document,
    licence,
    rights,
    typed,
)
from onecity.platform.exchange.contracts.catalogue import DistributionFacts, PublishedEntry


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry with the ways to get it; query_url: the address of its query interface, empty when there is none."""

    entry: PublishedEntry
    distributions: tuple[DistributionFacts, ...]
    query_url: str = ""


def catalogue_graph(
    site: Site, *, offers: Iterable[Offer], page: str = "", next_page: str = "", total: int = 0
) -> Graph:
    """Return the catalogue, or one page of it, with everything that its datasets refer to.

    page, next_page: addresses of this page and the next one, empty when there is only one. total: datasets in all.
    Source: W3C DCAT 3; DCAT-AP 3.0.0.
    """
    graph = _new_graph()
    node = site.catalogue
    graph.add((node, RDF.type, DCAT.Catalog))
    graph.add((node, DCTERMS.title, Literal(site.title, lang="zh")))
    graph.add((node, DCTERMS.description, Literal(site.description, lang="zh")))
    graph.add((node, DCTERMS.language, CHINESE))
    graph.add((node, DCAT.themeTaxonomy, site.themes))
    graph.add((node, FOAF.homepage, document(graph, str(node))))
    graph.add(
        (node, DCTERMS.publisher, agent(graph, site, site.publisher_code, site.publisher, site.publisher_credit_code))
    )
    scheme(graph, site)
    for offer in offers:
        graph.add((node, DCAT.dataset, site.dataset(offer.entry.code)))
        if offer.query_url:
            graph.add((node, DCAT.service, URIRef(offer.query_url)))
        _dataset(graph, site, offer)
    if page:
        _page(graph, node, page, next_page, total)
    return graph


def dataset_graph(site: Site, *, offer: Offer) -> Graph:
    """Return one dataset with everything that it refers to.

    Source: W3C DCAT 3; DCAT-AP 3.0.0.
    """
    graph = _new_graph()
    scheme(graph, site)
    _dataset(graph, site, offer)
    return graph


def _new_graph() -> Graph:
    graph = Graph()
    for prefix, namespace in (("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF), ("skos", SKOS), ("csvw", CSVW)):
        graph.bind(prefix, namespace)
    graph.bind("hydra", HYDRA)
    graph.add((CHINESE, RDF.type, DCTERMS.LinguisticSystem))
    return graph


def _dataset(graph: Graph, site: Site, offer: Offer) -> None:
    entry = offer.entry
    node = site.dataset(entry.code)
    graph.add((node, RDF.type, DCAT.Dataset))
    graph.add((node, DCTERMS.title, Literal(entry.title, lang="zh")))
    graph.add((node, DCTERMS.description, Literal(entry.abstract, lang="zh")))
    for code in (entry.resource_code, entry.identifier):
        if code:
            graph.add((node, DCTERMS.identifier, Literal(code)))
    for word in entry.keywords:
        graph.add((node, DCAT.keyword, Literal(word, lang="zh")))
    publisher = agent(graph, site, entry.provider_code, entry.provider_name, entry.provider_credit_code)
    graph.add((node, DCTERMS.publisher, publisher))
    graph.add((node, DCTERMS.issued, Literal(entry.issued_at)))
    graph.add((node, DCTERMS.modified, Literal(entry.last_data_at or entry.modified_at)))
    graph.add((node, DCTERMS.language, CHINESE))
    graph.add((node, VERSION, Literal(str(entry.version))))
    graph.add((node, DCAT.landingPage, document(graph, str(node))))
    frequency = typed(graph, f"{EU}/frequency/{FREQUENCIES[entry.update_cycle]}", DCTERMS.Frequency)
    graph.add((node, DCTERMS.accrualPeriodicity, frequency))
    graph.add((node, DCTERMS.accessRights, rights(graph, entry.open_type)))
    themes(graph, site, node, entry.class_path)
    for code in entry.related:
        graph.add((node, DCTERMS.relation, site.dataset(code)))
    table = schema(graph, node, entry.fields)
    for distribution in offer.distributions:
        graph.add((node, DCAT.distribution, _distribution(graph, site, offer, distribution, table)))
    if offer.query_url:
        _service(graph, site, offer, publisher)


def _distribution(graph: Graph, site: Site, offer: Offer, facts: DistributionFacts, table: URIRef) -> URIRef:
    entry = offer.entry
    node = URIRef(f"{site.dataset(entry.code)}#{facts.format}")
    graph.add((node, RDF.type, DCAT.Distribution))
    graph.add((node, DCTERMS.title, Literal(facts.title, lang="zh")))
    graph.add((node, DCAT.accessURL, site.dataset(entry.code)))
    graph.add((node, DCAT.downloadURL, URIRef(facts.url)))
    graph.add((node, DCAT.mediaType, typed(graph, f"{IANA}/{facts.media_type}", DCTERMS.MediaType)))
    graph.add((node, DCTERMS.modified, Literal(entry.last_data_at or entry.modified_at)))
    graph.add((node, DCTERMS.rights, rights(graph, entry.open_type)))
    graph.add((node, CSVW.tableSchema, table))
    if facts.size is not None:
        graph.add((node, DCAT.byteSize, Literal(facts.size, datatype=XSD.nonNegativeInteger)))
    if entry.licence:
        graph.add((node, DCTERMS.license, licence(graph, entry.licence)))
    if offer.query_url:
        graph.add((node, DCAT.accessService, URIRef(offer.query_url)))
    return node


def _service(graph: Graph, site: Site, offer: Offer, publisher: URIRef) -> None:
    entry, node = offer.entry, URIRef(offer.query_url)
    graph.add((node, RDF.type, DCAT.DataService))
    graph.add((node, DCTERMS.title, Literal(f"{entry.title}查询接口", lang="zh")))
    graph.add((node, DCAT.endpointURL, node))
    graph.add((node, DCAT.endpointDescription, URIRef(f"{site.base}/api/openapi.json")))
    graph.add((node, DCAT.servesDataset, site.dataset(entry.code)))
    graph.add((node, DCTERMS.publisher, publisher))
    graph.add((node, DCTERMS.accessRights, rights(graph, entry.open_type)))
    if entry.licence:
        graph.add((node, DCTERMS.license, licence(graph, entry.licence)))


def scheme(graph: Graph, site: Site) -> None:
    graph.add((site.themes, RDF.type, SKOS.ConceptScheme))
    graph.add((site.themes, DCTERMS.title, Literal("政务信息资源分类", lang="zh")))


def themes(graph: Graph, site: Site, dataset: URIRef, path: tuple[tuple[str, str], ...]) -> None:
    broader: URIRef | None = None
    for code, name in path:
        node = site.theme(code)
        graph.add((node, RDF.type, SKOS.Concept))
        graph.add((node, SKOS.prefLabel, Literal(name, lang="zh")))
        graph.add((node, SKOS.notation, Literal(code)))
        graph.add((node, SKOS.inScheme, site.themes))
        if broader is not None:
            graph.add((node, SKOS.broader, broader))
        broader = node
    if broader is not None:
        graph.add((dataset, DCAT.theme, broader))


def _page(graph: Graph, catalogue: URIRef, page: str, next_page: str, total: int) -> None:
    node = URIRef(page)
    graph.add((catalogue, HYDRA.totalItems, Literal(total)))
    graph.add((catalogue, HYDRA.view, node))
    graph.add((node, RDF.type, HYDRA.PartialCollectionView))
    if next_page:
        graph.add((node, HYDRA.next, URIRef(next_page)))
