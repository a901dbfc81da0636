"""The leaders' side: the city's vital signs on one screen, live."""
