"""Make the pictures of the dashboard's pages: PYTHONPATH=src:. python docs/site/dashboard_screenshots.py."""

import subprocess
import tempfile
from pathlib import Path

from tests.fakes.browser import browsing
from tests.fakes.ledger import FakeRun, make_project, make_run
from tests.integration.conftest import CHECKOUT, World
from tests.integration.dashboard.serving import serving

_SIZE = (900, 520)
_BUILD = b"".join(b"[%d/40] Building CXX object src/part%d.cc.o\n" % (n, n) for n in range(1, 24))
_ERROR = b"src/io.cc:41:10: fatal error: zlib.h: No such file or directory\nninja: build stopped: subcommand failed.\n"


def main() -> None:
    """Serve runs made by hand and save two pages."""
    images = CHECKOUT / "docs" / "images"
    with tempfile.TemporaryDirectory(prefix="sygaldry-pictures-") as folder:
        workspace = Path(folder, "work")
        environment = workspace / "pkg" / "stack"
        environment.mkdir(parents=True)
        lock = CHECKOUT / "pkg" / "rehearsal" / "debian12" / "spack.lock"
        (environment / "spack.lock").write_bytes(lock.read_bytes())
        jobs = make_project(Path(folder, "storage"), "demo", workspace)
        beats = tuple({"event": "progress", "bytes": n * n * 900, "cpu_s": 9 * n} for n in range(9))
        make_run(jobs, FakeRun("test", age_s=5400, log=b"ok\n"))
        make_run(jobs, FakeRun("build", age_s=4000, log=_BUILD))
        failed = make_run(
            jobs, FakeRun("build", "FAILED", 1, command="ninja -C out", log=_BUILD + _ERROR, events=beats)
        )
        make_run(
            jobs, FakeRun("train", "TIMEOUT", 124, age_s=9000, why="ran longer than --timeout 2h", log=b"epoch 3/9\n")
        )
        pages = {
            "job": f"/job/demo/build/{failed.run}",
            "environment": "/environment/demo/stack#packages",
        }
        with serving(World(Path(folder, "storage"))) as (_, address), browsing(Path(folder, "profile"), *_SIZE) as tab:
            origin = address.partition("/?")[0]
            tab.call(
                "Emulation.setDeviceMetricsOverride", width=_SIZE[0], height=_SIZE[1], deviceScaleFactor=1, mobile=False
            )
            tab.open(address)
            for name, page in pages.items():
                tab.call("Page.navigate", url="about:blank")
                tab.open(f"{origin}{page}")
                tab.screenshot(images / f"dashboard-{name}.png")
                print(f"docs/images/dashboard-{name}.png")
    subprocess.run(["git", "-C", str(CHECKOUT), "status", "--short", "docs/images"], check=True)


if __name__ == "__main__":
    main()
