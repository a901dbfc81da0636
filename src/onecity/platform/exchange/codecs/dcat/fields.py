"""The fields of a dataset as a CSVW schema."""

from typing import Final

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import CSVW, RDF

from onecity.platform.exchange.contracts.catalogue import FieldText

_DATATYPES: Final = {
    "text": "string",
    "integer": "integer",
    "decimal": "decimal",
    "float": "double",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "timestamp": "dateTime",
    "json": "json",
    "uuid": "string",
}


def schema(graph: Graph, dataset: URIRef, fields: tuple[FieldText, ...]) -> URIRef:
    node = URIRef(f"{dataset}#schema")
    columns = []
    for field in fields:
        column = BNode()
        graph.add((column, RDF.type, CSVW.Column))
        graph.add((column, CSVW.name, Literal(field.name)))
        graph.add((column, CSVW.title, Literal(field.title, lang="zh")))
        graph.add((column, CSVW.datatype, Literal(_DATATYPES[field.type])))
        graph.add((column, CSVW.required, Literal(not field.nullable)))
        columns.append(column)
    graph.add((node, RDF.type, CSVW.Schema))
    listed = BNode()
    Collection(graph, listed, list(columns))
    graph.add((node, CSVW.column, listed))
    for field in fields:
        if field.is_key:
            graph.add((node, CSVW.primaryKey, Literal(field.name)))
    return node
