"""Pure ground: no tables, no Django, no I/O beyond the city clock's file."""
