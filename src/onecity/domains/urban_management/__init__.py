"""Digital urban management: what is wrong in the streets is found, filed, handled, checked and judged."""
