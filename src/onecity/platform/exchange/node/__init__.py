"""The exchange node (前置机): runs on a department's own machine, knows no Django, speaks out to the hub only."""
