"""The catalogue in DCAT 3, so that other catalogues can read it."""

from onecity.platform.exchange.codecs.dcat.graphs import Offer, catalogue_graph, dataset_graph
from onecity.platform.exchange.codecs.dcat.terms import Site

__all__ = ["Offer", "Site", "catalogue_graph", "dataset_graph"]
