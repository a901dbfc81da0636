"""Whatever has a process, deadlines, people who answer for it and an outcome."""
