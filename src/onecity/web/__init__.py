"""The page shell, components and conventions that every page and API share."""
