"""A conversion into a SIF file: its source, its steps, and why it failed; recorded from Apptainer 1.4.5."""

import pytest

from sygaldry.image import sif

_OUTPUT = """INFO:    Starting build...
INFO:    Fetching OCI image...
INFO:    Extracting OCI image...
INFO:    Inserting Apptainer configuration...
INFO:    Creating SIF file...
"""
_DIGEST = "sha256:" + "5f" * 32


def test_a_registry_source_is_kept_and_fetched_by_its_digest() -> None:
    source = sif.registry_source("127.0.0.1:15000/team/dev:1", _DIGEST)
    assert source.key == f"digest-{'5f' * 16}"
    command = sif.convert_command("apptainer", source, "/s/x.sif", archive="", temporary="/s", authfile="")
    assert command.argv == (
        "env", "APPTAINER_TMPDIR=/s", "apptainer", "build", "--force", "--no-https", "/s/x.sif",
        f"docker://127.0.0.1:15000/team/dev@{_DIGEST}",
    )  # fmt: skip


def test_a_name_with_a_digest_needs_no_answer_of_the_registry() -> None:
    source = sif.registry_source(f"registry.example.org/team/dev@{_DIGEST}")
    assert source.key == sif.registry_source("registry.example.org/team/dev:1", _DIGEST).key


def test_without_a_digest_the_key_is_the_name() -> None:
    source = sif.registry_source("registry.example.org/team/dev:1")
    assert source.key.startswith("name-")
    command = sif.convert_command("apptainer", source, "/s/x.sif", archive="", temporary="/s", authfile="/a")
    assert command.argv[-4:] == ("--authfile", "/a", "/s/x.sif", "docker://registry.example.org/team/dev:1")


@pytest.mark.parametrize(("lines", "step"), [(1, "reading the image"), (3, "unpacking"), (5, sif.COMPRESSING)])
def test_the_step_is_read_from_the_output(lines: int, step: str) -> None:
    assert sif.step("".join(_OUTPUT.splitlines(keepends=True)[:lines])) == step


@pytest.mark.parametrize(
    ("message", "cause", "hint"),
    [
        (
            "FATAL:   While performing build: conveyor failed to get: no child with platform linux/amd64 in index x",
            "the image exists, but not for this architecture",
            "choose an image for x86_64, or build one: --build",
        ),
        (
            "FATAL:   While making image: write /s/squashfs-1: no space left on device",
            "the disk is full",
            "conversions need three times the size of the image: SYGALDRY_STORAGE_ROOT=/larger",
        ),
        (
            "FATAL:   While performing build: GET https://r/v2/: UNAUTHORIZED: authentication required",
            "the registry refused the credentials, or needs some",
            "log in and try again: apptainer registry login docker://registry.example.org",
        ),
    ],
)
def test_a_failure_is_explained(message: str, cause: str, hint: str) -> None:
    source = sif.registry_source("registry.example.org/team/dev:1", _DIGEST)
    assert sif.failure_cause([*_OUTPUT.splitlines(), message], source, "x86_64") == (cause, hint)


def test_a_failure_of_an_archive_keeps_apptainers_words() -> None:
    source = sif.archive_source("/a.tar", "5f" * 32)
    message = "FATAL:   While performing build: unexpected EOF"
    assert sif.failure_cause([*_OUTPUT.splitlines(), message], source, "x86_64") == (message, "")
