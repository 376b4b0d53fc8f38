"""Try to make a user namespace, as bubblewrap does for a sandbox, and print how that went as one line of JSON."""

import ctypes
import json
import os
import sys

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000


def main() -> None:
    """Unshare in this process, which ends right after; a root caller needs no user namespace."""
    library = ctypes.CDLL(None, use_errno=True)
    flags = CLONE_NEWNS if os.getuid() == 0 else CLONE_NEWNS | CLONE_NEWUSER
    failed = library.unshare(flags) != 0
    sys.stdout.write(json.dumps({"error": os.strerror(ctypes.get_errno()) if failed else ""}) + "\n")


if __name__ == "__main__":
    main()
