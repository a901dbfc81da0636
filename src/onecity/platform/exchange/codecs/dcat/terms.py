"""Words that DCAT catalogues share, and the small nodes that datasets refer to."""

from dataclasses import dataclass
from typing import Final

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS

EU: Final = "http://publications.europa.eu/resource/authority"
IANA: Final = "https://www.iana.org/assignments/media-types"
HYDRA: Final = Namespace("http://www.w3.org/ns/hydra/core#")
VERSION: Final = URIRef("http://www.w3.org/ns/dcat#version")  # new in DCAT 3
CHINESE: Final = URIRef(f"{EU}/language/ZHO")
FREQUENCIES: Final = {
    "realtime": "CONT",
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "half_yearly": "ANNUAL_2",
    "yearly": "ANNUAL",
    "irregular": "IRREG",
    "not_updated": "NEVER",
}
_OPEN_RIGHTS: Final = {"unconditional": "PUBLIC", "conditional": "RESTRICTED", "none": "NON_PUBLIC"}


@dataclass(frozen=True, slots=True)
class Site:
    """Where the catalogue stands. base: address without a stroke at its end; publisher_code, publisher: who runs it."""

    base: str
    title: str
    description: str
    publisher_code: str
    publisher: str
    publisher_credit_code: str = ""

    def dataset(self, code: str) -> URIRef:
        """Return the name of a dataset: its page."""
        return URIRef(f"{self.base}/open/datasets/{code}")

    @property
    def catalogue(self) -> URIRef:
        """Return the name of the catalogue."""
        return URIRef(f"{self.base}/open/datasets")

    @property
    def themes(self) -> URIRef:
        """Return the name of the classification."""
        return URIRef(f"{self.base}/open/themes")

    def theme(self, code: str) -> URIRef:
        """Return the name of a class."""
        return URIRef(f"{self.base}/open/themes#{code}")

    def agent(self, code: str) -> URIRef:
        """Return the name of a body."""
        return URIRef(f"{self.base}/open/providers#{code}")


def agent(graph: Graph, site: Site, code: str, name: str, credit_code: str) -> URIRef:
    node = site.agent(code)
    graph.add((node, RDF.type, FOAF.Agent))
    graph.add((node, FOAF.name, Literal(name, lang="zh")))
    if credit_code:
        graph.add((node, DCTERMS.identifier, Literal(credit_code)))
    return node


def licence(graph: Graph, terms: tuple[str, str, str]) -> URIRef:
    _, name, uri = terms
    node = typed(graph, uri, DCTERMS.LicenseDocument)
    graph.add((node, DCTERMS.title, Literal(name, lang="zh")))
    return node


def rights(graph: Graph, open_type: str) -> URIRef:
    return typed(graph, f"{EU}/access-right/{_OPEN_RIGHTS[open_type]}", DCTERMS.RightsStatement)


def typed(graph: Graph, uri: str, kind: URIRef) -> URIRef:
    node = URIRef(uri)
    graph.add((node, RDF.type, kind))
    return node


def document(graph: Graph, uri: str) -> URIRef:
    node = URIRef(f"{uri}#page")
    graph.add((node, RDF.type, FOAF.Document))
    graph.add((node, RDFS.seeAlso, URIRef(uri)))
    return node
