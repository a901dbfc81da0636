"""The staff's side: what waits for me, and everything I may open."""
