"""Background work: the outbox, jobs with progress and cancel, and what must be done every so often."""
