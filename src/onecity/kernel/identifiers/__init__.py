"""Official numbers and codes: one file each, that reads a text into a frozen value or says what is wrong with it."""
