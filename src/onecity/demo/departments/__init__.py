"""Thirteen departments that stand in for real ones: each with a store of its own, as departments have them."""
