"""Formats on the wire: binary COPY and logical replication of PostgreSQL."""
