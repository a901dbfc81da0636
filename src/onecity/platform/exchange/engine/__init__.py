"""The engine: carries a plan's rows block by block, checks each, and lands them exactly once. It knows no Django."""
