"""All side effects: processes, files, locks, sockets, clock. No other package accesses the machine."""
