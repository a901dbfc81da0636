"""Emergency management (应急管理): incidents, duty, plans and responses."""
