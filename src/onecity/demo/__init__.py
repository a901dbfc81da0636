"""The demonstration city and the device simulators."""
