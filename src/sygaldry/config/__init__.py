"""Every setting, declared once, with its origin. Precedence, lowest first: default, file, variable, flag."""
