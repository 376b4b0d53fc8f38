"""Start Sygaldry from a checkout. Usage: start.py VENV SOURCE WORD...

Run with -I -S: the checkout's own environment and source are put on the path here, without the 4 ms of `site`.
"""

import sys

venv, source = sys.argv[1:3]
del sys.argv[1:3]
sys.path[:0] = [source]
sys.path.append(f"{venv}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages")

from sygaldry.cli._main import run  # noqa: E402 - found by the lines above

run()
