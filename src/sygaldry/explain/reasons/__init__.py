"""Why an error happened, where another line tells it: above a wrapper, below an announcement, in another program's output.

`all_reasons` asks each of the modules in turn; a module knows one relation between two lines of a log.
"""
