"""Files on other machines, over SSH."""
