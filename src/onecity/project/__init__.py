"""The composition root: settings, root urls, server applications, command line."""
