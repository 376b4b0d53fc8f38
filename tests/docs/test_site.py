"""The documentation site builds strictly, offline, and loads nothing from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT

_LOADED = re.compile(r"<(?:script|img|iframe|link rel=\"?stylesheet)[^>]*(?:src|href)=\"?(https?://[^\" >]+)")


def build(site: Path, checkout: Path = CHECKOUT) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site)]
    environment = {"NO_MKDOCS_2_WARNING": "1", "PATH": "/usr/bin:/bin", "http_proxy": "http://127.0.0.1:9"}
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = build(folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_pages_beside_the_code_are_on_the_site(site: Path) -> None:
    for page in ("index", "how-to/hackers-guide", "explanation/system-design", "project/contributing"):
        assert (site / f"{page}.html").is_file(), page


def test_a_page_loads_nothing_from_another_server(site: Path) -> None:
    loaded = {(path.name, url) for path in site.rglob("*.html") for url in _LOADED.findall(path.read_text())}
    assert loaded == set()


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    (copy / "docs").mkdir(parents=True)
    (copy / "docs" / "site").symlink_to(CHECKOUT / "docs" / "site")
    (copy / "mkdocs.yml").write_text((CHECKOUT / "mkdocs.yml").read_text())
    (copy / "README.md").write_text("[gone](docs/how-to/nowhere.md)\n")
    done = build(tmp_path / "site", copy)
    assert done.returncode == 1
    assert "nowhere.md" in done.stderr
