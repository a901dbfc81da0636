"""Who is who, who may do what, and who did what: organisations, accounts, roles, sign-on, clients, audit."""
