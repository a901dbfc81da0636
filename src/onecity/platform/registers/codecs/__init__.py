"""Files that people bring to the registers."""
