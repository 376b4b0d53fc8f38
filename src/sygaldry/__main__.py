"""Run the command line as `python -m sygaldry`."""

import sys

from sygaldry.cli._main import main

sys.exit(main())
