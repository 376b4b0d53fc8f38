"""Show the settings and their origins."""
