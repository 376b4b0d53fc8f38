"""One page a file: it exports `PAGE`, or `PAGES` where one noun has several addresses."""
