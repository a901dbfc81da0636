"""The 12345 hotline: one pool of what citizens ask for, complain of and suggest, and who answers in time."""
