"""Joint handling: bodies asked to assist, what they answer, cases opened under a task."""
