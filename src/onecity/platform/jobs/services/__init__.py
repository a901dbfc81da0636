"""Writers of jobs."""
