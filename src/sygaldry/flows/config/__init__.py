"""Show settings and their origins."""
