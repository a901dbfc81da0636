"""The only writers of the population register."""
