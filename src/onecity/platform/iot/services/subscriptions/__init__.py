"""Subscriptions of applications: made, changed, fed, replayed, kept short."""
