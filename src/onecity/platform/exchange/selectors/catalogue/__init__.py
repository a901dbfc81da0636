"""What exchange reads of the catalogue."""

from onecity.platform.exchange.selectors.catalogue.versions import published_version

__all__ = ["published_version"]
