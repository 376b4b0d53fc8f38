"""The only hands: processes, files, locks, sockets, clock. Nothing else in Sygaldry touches the machine."""
