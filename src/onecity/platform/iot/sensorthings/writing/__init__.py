"""Creating, changing and deleting entities: Django services, one transaction each."""
