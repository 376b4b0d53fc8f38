"""Start Sygaldry from a checkout; `python -I -S -c` runs this text, with the words PATH VENV SOURCE WORD...

PATH is this file's own. With -I and -S the checkout's own environment and source are put on the path here, without the
4 ms of `site`.
"""

import sys

sys.argv[0], venv, source = sys.argv[1:4]
del sys.argv[1:4]

# Not imported: each import is a moment at which Python may drop a Ctrl-C.
with open(f"{source}/sygaldry/cli/_interrupts.py", encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs 10 ms
    text = file.read()
names = {"__name__": "interrupts"}
exec(text, names)  # noqa: S102 - our own file
names["repeat_dropped_interrupts"]()

sys.path[:0] = [source]
sys.path.append(f"{venv}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages")

from sygaldry.cli._main import run  # noqa: E402 - found by the lines above

run()
