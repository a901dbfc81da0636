"""Pages of public opinion."""
