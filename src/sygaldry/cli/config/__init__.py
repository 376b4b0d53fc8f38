"""Show the settings and who said each."""
