"""The programming interface of exchange: one file for each of its subjects."""
