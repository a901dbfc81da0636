"""Electronic supervision: measures against lateness, cards, appeals."""
