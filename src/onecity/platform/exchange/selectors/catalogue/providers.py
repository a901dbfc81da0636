"""What the catalogue knows of the bodies that provide data."""

from onecity.platform.identity import api as identity


def provider_names() -> dict[int, str]:
    """Return the names of all bodies by id."""
    return {item.id: item.name for item in identity.organisations()}
