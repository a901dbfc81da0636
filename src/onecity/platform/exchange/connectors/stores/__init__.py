"""Where files lie: folders, object stores, other machines; one contract for all."""
