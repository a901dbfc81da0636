"""Messages that could not be taken: kept, mended, replayed, discarded."""
