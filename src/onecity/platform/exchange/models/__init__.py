"""Tables of exchange."""

from onecity.platform.exchange.models.catalogue import (
    CatalogueClass,
    CatalogueCount,
    CatalogueRule,
    CodeList,
    CodeValue,
    Correction,
    DataField,
    Dataset,
    DatasetVersion,
    DownloadFile,
    Licence,
    LineageEdge,
    ProviderCode,
    ResourceSerial,
    UsageDay,
    UsageTotal,
)

__all__ = [
    "CatalogueClass",
    "CatalogueCount",
    "CatalogueRule",
    "CodeList",
    "CodeValue",
    "Correction",
    "DataField",
    "Dataset",
    "DatasetVersion",
    "DownloadFile",
    "Licence",
    "LineageEdge",
    "ProviderCode",
    "ResourceSerial",
    "UsageDay",
    "UsageTotal",
]
