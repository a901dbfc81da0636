"""The inbox of everybody in the city, and the templates that fill it."""
