"""Writers of iot."""
