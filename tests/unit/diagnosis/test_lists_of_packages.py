"""apt that could fetch no list of packages knows no package; that is not the package's fault."""

from tests.unit.explain._explained import explained

UNREACHED = """Err:1 http://deb.debian.org/debian bookworm InRelease
  Temporary failure resolving 'deb.debian.org'
Reading package lists...
W: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease  Temporary failure resolving 'deb.debian.org'
W: Some index files failed to download. They have been ignored, or old ones used instead.
"""
LACKS = "Reading package lists...\nBuilding dependency tree...\nE: Unable to locate package libwidget-dev\n"


def test_the_network_is_the_reason() -> None:
    assert "Temporary failure resolving 'deb.debian.org'" in explained(UNREACHED + LACKS, 100).says


def test_a_list_that_was_fetched_lacks_the_package() -> None:
    log = f"{UNREACHED}Get:2 http://mirror.local/debian bookworm InRelease [151 kB]\n{LACKS}"
    assert explained(log, 100).says == "apt has no package libwidget-dev"
