"""City systems: each plugs into the platform and knows no other domain."""
