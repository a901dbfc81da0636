"""Benchmarks: each figure beside the bare limit or a peer, taken in turn in the same run."""
