"""The four base registers of a city (四库): population, legal entities, places, macro-economy."""
