"""Exchange nodes at the hub: who they are, what they carry, what they may touch."""
