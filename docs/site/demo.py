"""Record the terminal session of the README: real commands, real output, drawn as an SVG that loads nothing.

Usage: python docs/site/demo.py   (writes docs/images/demo.svg; runs in the sandbox, in a storage of its own)
"""

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT: Final = Path(__file__).resolve().parents[2]
TARGET: Final = ROOT / "docs" / "images" / "demo.svg"
WIDTH: Final = 104
SESSION: Final = (
    "./container/launch_container.sh -- sh -c 'id -un; pwd; touch ~/kept && echo my files stay'",
    "tools/zephyr_job run --project-id demo --job build -- make -C tests/data/demo",
    'tools/zephyr_job wait --project-id demo --job build; echo "exit code $?"',
    "tools/zephyr_job explain --project-id demo --job build",
    "tools/sygaldry env status pkg/zephyr",
    "tools/sygaldry gpu gate",
)


def main() -> int:
    """Run the session and draw it; fails if a command does what no reader should see."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    with tempfile.TemporaryDirectory(prefix="sygaldry-demo-") as storage:
        for line in SESSION:
            console.print(Text.assemble(("$ ", "bold green"), (line, "bold")))
            output = typed(line, Path(storage))
            if "Traceback" in output:
                print(output, file=sys.stderr)
                return 1
            console.print(Text.from_ansi(output.rstrip()))
            console.print()
    TARGET.parent.mkdir(exist_ok=True)
    # The default template loads a font from a server; the reader's own monospace font will do.
    template = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    svg = console.export_svg(title="Sygaldry", theme=MONOKAI, code_format=template, unique_id="demo")
    TARGET.write_text(svg.replace("Fira Code, ", "") + "\n")
    return 0


def typed(line: str, storage: Path) -> str:
    """Return what a terminal would show after a line was typed, without what names this machine."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("SYGALDRY_")}
    environment |= {"SYGALDRY_STORAGE_ROOT": str(storage), "SYGALDRY_RUNTIME": "sandbox", "CLICOLOR_FORCE": "1"}
    for agent in ("CLAUDECODE", "OPENCODE_CLIENT", "AI_AGENT"):
        environment.pop(agent, None)
    done = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
    )  # fmt: skip
    return done.stdout.replace(str(storage), "/mnt/data_infra").replace(str(ROOT), "/work/project")


if __name__ == "__main__":
    sys.exit(main())
