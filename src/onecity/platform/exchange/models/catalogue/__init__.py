"""Tables of the resource catalogue (政务信息资源目录)."""

from onecity.platform.exchange.models.catalogue.classes import (
    CatalogueClass,
    CatalogueRule,
    CodeList,
    CodeValue,
    Licence,
    ProviderCode,
    ResourceSerial,
)
from onecity.platform.exchange.models.catalogue.corrections import Correction
from onecity.platform.exchange.models.catalogue.datasets import DataField, Dataset, LineageEdge
from onecity.platform.exchange.models.catalogue.usage import CatalogueCount, DownloadFile, UsageDay, UsageTotal
from onecity.platform.exchange.models.catalogue.versions import DatasetVersion

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
