"""What writes: lock, check, write, record, announce."""
