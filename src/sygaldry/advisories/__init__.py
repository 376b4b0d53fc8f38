"""Known vulnerabilities: advisories in the OSV format, read from a file, and the pins that they affect."""
