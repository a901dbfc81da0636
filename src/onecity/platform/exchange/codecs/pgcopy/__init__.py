"""PostgreSQL's binary COPY format: whole blocks are cut into rows, decoded and summed by numpy, no row by itself.

Source: PostgreSQL 15 documentation, COPY, "Binary Format"; the types' own send functions.
"""
