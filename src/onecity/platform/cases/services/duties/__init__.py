"""Deputies, the roster, and who gets a task without asking."""
