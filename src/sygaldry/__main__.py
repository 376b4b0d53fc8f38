"""Run the command line as `python -m sygaldry`."""

import sys

from sygaldry.cli._interrupts import repeat_dropped_interrupts

if __name__ == "__main__":
    repeat_dropped_interrupts()
    from sygaldry.cli._main import main  # most interrupts that Python drops come during imports

    sys.exit(main())
