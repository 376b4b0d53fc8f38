"""The pages in a real browser: live parts, keys, without scripts, narrow and dark, and for screen readers."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.browser import Tab, browsing, chromium
from tests.fakes.ledger import FakeRun, make_project, make_run
from tests.integration.conftest import CHECKOUT, World
from tests.integration.dashboard.serving import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chromium(), reason="Chromium is not installed: apt-get install chromium"),
]
FAILURE = (
    b"cc -c a.c\n\x1b[31ma.c:1:10: fatal error: zlib.h: No such file or directory\x1b[0m\nmake: *** [a.o] Error 1\n"
)
AXE = Path(os.environ.get("SYGALDRY_TEST_AXE") or "axe.min.js")


class Site:
    """A server with runs, and a tab that is logged in."""

    def __init__(self, tab: Tab, address: str, jobs: Path, failed: str) -> None:
        self.tab, self.jobs, self.failed = tab, jobs, failed
        self.origin, _, token = address.partition("/?token=")
        tab.open(f"{self.origin}/?token={token}")

    def open(self, path: str) -> None:
        self.tab.open(f"{self.origin}{path}")

    @property
    def pages(self) -> tuple[str, ...]:
        run = f"demo/build/{self.failed}"
        return (
            "/",
            f"/job/{run}",
            f"/log/{run}",
            f"/log/{run}?find=zlib",
            "/environments",
            "/environment/demo/rehearsal-lock",
            "/machine",
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    here = tmp_path_factory.mktemp("site")
    workspace = here / "work"
    environment = workspace / "pkg" / "rehearsal-lock"
    environment.mkdir(parents=True)
    lock = (CHECKOUT / "pkg" / "rehearsal" / "debian12" / "spack.lock").read_bytes()
    (environment / "spack.lock").write_bytes(lock)
    jobs = make_project(here / "storage", "demo", workspace)
    make_run(jobs, FakeRun("build", age_s=900))
    beats = tuple({"event": "progress", "bytes": n * n, "cpu_s": n, "rss_bytes": n << 20} for n in range(9))
    failed = make_run(jobs, FakeRun("build", "FAILED", 2, log=FAILURE, events=beats))
    for number in range(60):
        make_run(jobs, FakeRun(f"test-{number:02}", age_s=2000 - number))
    with serving(World(here / "storage")) as (_, address), browsing(here / "profile") as tab:
        yield Site(tab, address, jobs, failed.run)


def test_the_token_leaves_the_address_and_no_page_breaks_its_policy(site: Site) -> None:
    for page in site.pages:
        site.open(page)
        assert "token" not in site.tab.value("location.href")
        assert site.tab.value("document.querySelector('h1').textContent").strip()
    assert site.tab.problems == []


def test_a_new_run_and_its_state_appear_without_a_reload(site: Site) -> None:
    site.open("/")
    site.tab.value("window.stays = true")
    make_run(site.jobs, FakeRun("appears", "FAILED", 3, age_s=1))
    site.tab.until("[...document.querySelectorAll('tbody th')].some((each) => each.textContent.includes('appears'))")
    site.tab.until("document.querySelector('tbody tr').innerText.includes('FAILED')")
    assert site.tab.value("window.stays") is True


def test_a_log_shows_colours_and_a_link_marks_its_line(site: Site) -> None:
    site.open(f"/log/demo/build/{site.failed}")
    assert site.tab.value("document.querySelector('#log .fg-red').textContent").startswith("a.c:1:10")
    site.open(f"/log/demo/build/{site.failed}?at=10#o10")
    plain = site.tab.value("getComputedStyle(document.querySelector('#o0 + .content')).backgroundColor")
    marked = site.tab.value("getComputedStyle(document.querySelector('#o10 + .content')).backgroundColor")
    assert plain != marked


def test_keys_find_and_move(site: Site) -> None:
    site.open("/")
    site.tab.press("j")
    assert site.tab.value("document.activeElement.closest('tbody') !== null")
    site.tab.press("/")
    assert site.tab.value("document.activeElement.type") == "search"


def test_a_graph_finds_packages_and_shows_neighbours(site: Site) -> None:
    site.open("/environment/demo/rehearsal-lock")
    assert site.tab.value("document.querySelectorAll('.box').length") > 20
    site.tab.value(
        "(() => { const field = document.getElementById('find-package'); field.value = 'numpy';"
        " field.dispatchEvent(new Event('input')); })()"
    )
    assert site.tab.value("document.querySelectorAll('.box.found').length") >= 1
    assert site.tab.value("document.querySelectorAll('.edge.lit').length") > 0
    wide = site.tab.value("document.querySelector('#graph svg').clientWidth")
    site.tab.value("document.getElementById('zoom-in').click()")
    assert site.tab.value("document.querySelector('#graph svg').clientWidth") > wide


def test_pages_are_complete_without_scripts(site: Site) -> None:
    site.tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        for page in site.pages:
            site.tab.call("Page.navigate", url=f"{site.origin}{page}")
            site.tab.until("document.readyState === 'complete'")
            assert len(site.tab.value("document.querySelector('main').innerText")) > 20, page
    finally:
        site.tab.call("Emulation.setScriptExecutionDisabled", value=False)


def test_narrow_and_dark_pages_do_not_overflow(site: Site) -> None:
    site.tab.call("Emulation.setDeviceMetricsOverride", width=360, height=700, deviceScaleFactor=1, mobile=False)
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    site.tab.call("Emulation.setEmulatedMedia", features=dark)
    try:
        for page in site.pages:
            site.open(page)
            assert site.tab.value("document.documentElement.scrollWidth") <= 360, page
            assert site.tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
    finally:
        site.tab.call("Emulation.clearDeviceMetricsOverride")
        site.tab.call("Emulation.setEmulatedMedia", features=[])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site: Site, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe is not here: export SYGALDRY_TEST_AXE=$(.ci/axe /tmp/sygaldry-axe)")
    site.tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    try:
        for page in site.pages:
            site.open(page)
            site.tab.value(AXE.read_text() + "; true")
            found = json.loads(site.tab.value("axe.run().then((result) => JSON.stringify(result.violations))"))
            short = [(each["id"], each["impact"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found]
            assert short == [], page
    finally:
        site.tab.call("Emulation.setEmulatedMedia", features=[])
