"""One tool a file, named as agents call it; the file exports `TOOL`."""
