"""Rules of emergency management: grades, reporting times, numbers."""
