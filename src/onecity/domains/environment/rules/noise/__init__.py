"""Noise of the city: areas, limits, energy means, judgement."""
