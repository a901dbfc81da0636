"""Reading the population register."""
