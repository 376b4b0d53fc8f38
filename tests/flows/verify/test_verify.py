"""A machine is held against the lock: equal, different in exactly this, or unknown."""

from __future__ import annotations

import base64
import json
import shutil
from hashlib import sha1, sha256
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.rig.denied import without_access

from sygaldry import __version__
from sygaldry.config.resolve import Layer, resolve
from sygaldry.flows.verify.deep import DeepReader
from sygaldry.flows.verify.environments import verify_environments
from sygaldry.flows.verify.finding import DIFFERS, EQUAL, UNKNOWN, Finding
from sygaldry.flows.verify.models import verify_models
from sygaldry.flows.verify.python_environments import verify_python_environments
from sygaldry.flows.verify.report import verify_report
from sygaldry.flows.verify.tools import verify_tools
from sygaldry.lockfile.lock import Entry, sorted_lock
from sygaldry.model.storage import Storage

REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(str(tmp_path), "p")


def reader(storage: Storage) -> DeepReader:
    Path(storage.at(".sygaldry")).mkdir(parents=True, exist_ok=True)
    return DeepReader(Path(storage.at(".sygaldry", "verify.journal")), lambda _: None)


@pytest.fixture
def package(storage: Storage) -> Path:
    """Make an environment with one package and its record; return the package's file."""
    site = Path(storage.at("bazel_cache", "venvs", "debian-12")) / "lib" / "python3.11" / "site-packages"
    (site / "six-1.dist-info").mkdir(parents=True)
    file = site / "six.py"
    file.write_text("value = 1\n")
    digest = base64.urlsafe_b64encode(sha256(file.read_bytes()).digest()).rstrip(b"=").decode()
    (site / "six-1.dist-info" / "RECORD").write_text(f"six.py,sha256={digest},10\nsix-1.dist-info/RECORD,,\n")
    return file


def test_a_package_is_compared_with_its_record(storage: Storage, package: Path) -> None:
    (found,) = verify_python_environments(storage, reader(storage))
    assert (found.verdict, found.summary) == (EQUAL, "1 packages match their records, byte by byte")
    package.write_text("value = 2\n")
    assert next(verify_python_environments(storage, None)).verdict == EQUAL, "the size alone is the same"
    (found,) = verify_python_environments(storage, reader(storage))
    assert (found.verdict, found.details) == (
        DIFFERS,
        ("lib/python3.11/site-packages/six.py has another content",),
    )
    package.unlink()
    (found,) = verify_python_environments(storage, None)
    assert found.details == ("lib/python3.11/site-packages/six.py cannot be read: No such file or directory",)


def test_a_record_that_leads_out_of_its_environment_is_a_difference(storage: Storage, package: Path) -> None:
    record = package.parent / "six-1.dist-info" / "RECORD"
    record.write_text("../../../../../../../etc/shadow,sha256=x,1\n")
    (found,) = verify_python_environments(storage, reader(storage))
    assert found.verdict == DIFFERS
    assert "leads out of" in found.details[0]
    record.unlink()
    record.symlink_to("/etc/passwd")
    assert next(verify_python_environments(storage, reader(storage))).verdict == DIFFERS


def test_models_are_compared_by_revision_name_and_content(storage: Storage) -> None:
    folder = Path(storage.at("hf_cache", "hub")) / "models--org--name"
    content = b"weights"
    blob = sha1(b"blob 7\0" + content).hexdigest()  # noqa: S324 - git's own hash
    lock = sorted_lock("1", [Entry("huggingface", "model:org/name", {"revision": REVISION, "file a.bin": blob})])
    assert next(verify_models(storage, lock, None)).verdict == UNKNOWN
    (folder / "blobs").mkdir(parents=True)
    (folder / "blobs" / blob).write_bytes(content)
    (folder / "snapshots" / REVISION).mkdir(parents=True)
    link = folder / "snapshots" / REVISION / "a.bin"
    link.symlink_to(f"../../blobs/{blob}")
    assert next(verify_models(storage, lock, reader(storage))).verdict == EQUAL
    (folder / "blobs" / blob).write_bytes(b"damaged")
    assert next(verify_models(storage, lock, None)).verdict == EQUAL
    assert next(verify_models(storage, lock, reader(storage))).details == ("a.bin is damaged",)
    link.unlink()
    assert next(verify_models(storage, lock, None)).details == ("a.bin is absent, or has another content",)


FINDINGS = [
    Finding("project", "/w", EQUAL, "its files and settings are the locked ones"),
    Finding("debian", "i:1", DIFFERS, "1 of 2 differ", ("~ debian bash",), "sygaldry lock", "the engine's users"),
    Finding("environment", "pkg/\x1b[1m<x>", UNKNOWN, "it is not built here", (), "sygaldry env build"),
]


@pytest.mark.parametrize(("findings", "code"), [(FINDINGS[:1], 0), (FINDINGS, 1), (FINDINGS[::2], 4)])
def test_the_exit_code_says_what_was_found(findings: list[Finding], code: int) -> None:
    assert verify_report(findings).exit_code == code


def test_every_difference_names_its_author_and_the_next_command() -> None:
    assert verify_report(FINDINGS).lines[1:5] == (
        "differs  debian i:1: 1 of 2 differ",
        "    ~ debian bash",
        "    could have changed it: the engine's users",
        "    next: sygaldry lock",
    )


def test_the_reports_for_programs_are_valid() -> None:
    suite = ET.fromstring("\n".join(verify_report(FINDINGS, "junit").lines))  # noqa: S314 - written by us
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    sarif = json.loads("\n".join(verify_report(FINDINGS, "sarif").lines))
    (run,) = sarif["runs"]
    assert [each["level"] for each in run["results"]] == ["none", "error", "warning"]
    rules = run["tool"]["driver"]["rules"]
    assert {each["ruleId"] for each in run["results"]} == {each["id"] for each in rules}
    assert all(each["fullDescription"]["text"] and each["help"]["text"] for each in rules)


def test_a_report_with_a_line_separator_in_a_name_is_valid() -> None:
    finding = Finding("package", "a\u2028b", "differs", "changed\u0085")
    (text,) = verify_report([finding], "sarif").lines
    assert json.loads(text)["runs"][0]["results"][0]["message"]["text"] == "a\u2028b: changed\u0085"


def test_an_interrupted_comparison_reads_only_what_it_had_not_read(storage: Storage, tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(b"weights")
    expected = sha256(b"weights").hexdigest()

    class Counted:
        read = 0

        def __init__(self) -> None:
            self._digest = sha256()

        def update(self, data: bytes) -> None:
            Counted.read += len(data)
            self._digest.update(data)

        def hexdigest(self) -> str:
            return self._digest.hexdigest()

    assert reader(storage).is_right(file, expected, Counted())
    again = reader(storage)
    assert again.is_right(file, expected, Counted())
    assert Counted.read == 7
    file.write_bytes(b"another")
    assert not again.is_right(file, expected, Counted()), "a file that changed is read again"
    file.write_bytes(b"weights")
    again.finish()
    assert reader(storage).is_right(file, expected, Counted())
    assert Counted.read == 21, "a finished comparison leaves nothing to rely on"


def test_a_tool_that_changed_is_named(tmp_path: Path, storage: Storage) -> None:
    content = b"a download"
    facts = {"url": "https://publisher/bazel-6.4.0-linux-x86_64", "sha256": sha256(content).hexdigest()}
    lock = sorted_lock(__version__, [Entry("artifact", "bazel 6.4.0 x86_64", facts)])
    folder = tmp_path / "bundle" / "artifacts"
    folder.mkdir(parents=True)
    file = folder / "bazel-6.4.0-linux-x86_64"
    file.write_bytes(content)
    found = {each.name: each for each in verify_tools(tmp_path, lock, reader(storage))}
    assert found["bazel 6.4.0 x86_64"].verdict == EQUAL
    file.write_bytes(b"another one")
    found = {each.name: each for each in verify_tools(tmp_path, lock, reader(storage))}
    assert found["bazel 6.4.0 x86_64"].verdict == DIFFERS
    assert "has another content" in found["bazel 6.4.0 x86_64"].summary
    (own,) = verify_tools(tmp_path, sorted_lock("0.0.1", []), None)
    assert (own.verdict, "0.0.1 locked the project" in own.summary) == (DIFFERS, True)


def test_what_this_user_cannot_read_is_unknown(tmp_path: Path, storage: Storage, package: Path) -> None:
    del package
    facts = {"url": "https://publisher/bazel-6.4.0-linux-x86_64", "sha256": "0" * 64}
    model = {"revision": REVISION, "file model.bin": "0" * 64}
    lock = sorted_lock(
        __version__, [Entry("artifact", "bazel 6.4.0 x86_64", facts), Entry("huggingface", "model:org/name", model)]
    )
    deep = reader(storage)
    for folder, name in ((tmp_path / "bundle", "bazel 6.4.0 x86_64"), (Path(storage.at("hf_cache")), "model:org/name")):
        folder.mkdir(parents=True)
        with without_access(folder):
            found = {
                each.name: each for each in (*verify_models(storage, lock, deep), *verify_tools(tmp_path, lock, deep))
            }
        assert found[name].verdict == UNKNOWN
        assert str(folder) in found[name].summary
        assert found[name].summary.endswith("cannot be read: Permission denied")
        assert found[name].remedy.startswith("look at it: ls -ld ")
    venvs = Path(storage.at("bazel_cache", "venvs"))
    for folder in (venvs, venvs / "debian-12", venvs / "debian-12" / "lib" / "python3.11"):
        with without_access(folder):
            (denied,) = verify_python_environments(storage, None)
        assert (denied.verdict, "Permission denied" in denied.summary) == (UNKNOWN, True)


def test_an_environment_that_is_not_built_here_is_unknown(tmp_path: Path) -> None:
    workspace = tmp_path / "work"
    shutil.copytree(Path(__file__).parents[3] / "pkg" / "rehearsal" / "debian12", workspace / "small")
    (workspace / "small" / "spack_src.yaml").write_text("spack:\n  specs: [zlib]\n")
    given = {"spack_store": str(tmp_path / "store"), "project_id": "p"}
    resolved = resolve(Layer(given, dict.fromkeys(given, "test")))
    lock = sorted_lock("1", [Entry("environment", "small", {})])
    (found,) = verify_environments(resolved, str(workspace), lock)
    assert (found.verdict, found.summary) == (UNKNOWN, "it is not built here")
    assert found.remedy == "sygaldry env build small"
