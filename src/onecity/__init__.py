"""OneCity (一城): one platform on which a city runs."""
