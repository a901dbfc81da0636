"""NGSI-LD 1.8: context information of the city for other programs."""
