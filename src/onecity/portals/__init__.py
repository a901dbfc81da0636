"""The sides from which the city is seen; they draw what is declared."""
