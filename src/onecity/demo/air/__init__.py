"""Air stations of the demonstration and what they measured."""
