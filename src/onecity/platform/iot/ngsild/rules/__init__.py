"""What the standard says of entities, names and queries; no tables, no clock, no sockets."""
