"""How devices come to credentials of their own, by key or certificate, and to an owner, by claiming."""
