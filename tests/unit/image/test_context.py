"""The build context: each COPY becomes an archive with fixed times."""

import tarfile
from io import BytesIO
from pathlib import Path

from sygaldry.image.context import arranged

TEXT = """\
FROM b
ARG A=1
COPY image/step.sh image/base.sh /opt/x/
RUN ["/bin/bash", "/opt/x/step.sh"]
COPY --from=other /a /b/
COPY image/go.sh /opt/x/
"""
SOURCES = {"image/step.sh": b"step", "image/base.sh": b"base", "image/go.sh": b"go", "image/unused.sh": b""}


def members(content: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=BytesIO(content)) as archive:
        return {each.name: each for each in archive}


def test_each_copy_of_own_files_unpacks_an_archive() -> None:
    context = arranged(TEXT, SOURCES)
    assert context.dockerfile.splitlines() == [
        "FROM b",
        "ARG A=1",
        "ADD step-00.tar /",
        'RUN ["/bin/bash", "/opt/x/step.sh"]',
        "COPY --from=other /a /b/",
        "ADD step-01.tar /",
    ]
    first, second = (members(context.files[name]) for name in ("step-00.tar", "step-01.tar"))
    assert list(second) == ["opt", "opt/x", "opt/x/go.sh"]
    assert set(first) == {
        "etc", "etc/hosts", "etc/resolv.conf", "opt", "opt/x", "opt/x/base.sh", "opt/x/step.sh", "workspace"
    }  # fmt: skip
    for each in (*first.values(), *second.values()):
        assert (each.mtime, each.uid, each.gid, each.uname) == (1735689600, 0, 0, "")
        assert each.mode == (0o755 if each.isdir() else 0o644)


def test_the_archives_depend_on_the_contents_alone() -> None:
    again = dict(reversed(SOURCES.items()))
    assert arranged(TEXT, SOURCES) == arranged(TEXT, again)
    assert arranged(TEXT, SOURCES) != arranged(TEXT, {**SOURCES, "image/go.sh": b"other"})


def test_every_copy_of_the_real_dockerfile_is_arranged() -> None:
    folder = Path(__file__).parents[3] / "container"
    text = (folder / "dev_container.dockerfile").read_text()
    sources = {f"image/{path.name}": path.read_bytes() for path in (folder / "image").iterdir() if path.is_file()}
    context = arranged(text, {**sources, "artifacts.json": b"{}"})
    assert "\nCOPY " not in context.dockerfile
    assert len(context.files) == text.count("\nCOPY ")
