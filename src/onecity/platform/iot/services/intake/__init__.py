"""From messages to readings of datastreams: one file for each kind of message, for gateways and replays alike."""
