"""Run the command line as `python -m sygaldry`, or as the program that a wheel installs."""

import sys

from sygaldry.cli._interrupts import repeat_dropped_interrupts


def main() -> int:
    """Return the exit code."""
    repeat_dropped_interrupts()
    from sygaldry.cli._main import main as run_command_line  # most interrupts that Python drops come during imports

    return run_command_line()


if __name__ == "__main__":
    sys.exit(main())
