"""Every setting, once, and who said it: default, file, variable or flag, the last one winning."""
