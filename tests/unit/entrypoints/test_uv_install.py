"""Which words uv-install takes; it is a program of its own, so it is loaded from its folder."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

_FOLDER = Path(__file__).resolve().parents[3] / "container" / "python"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load the program."""
    monkeypatch.syspath_prepend(str(_FOLDER))
    return import_module("uv_install")


@pytest.mark.parametrize(
    "word",
    [
        "numpy", "scipy>=1.14", "jax[cpu]", "a.b-c_d", "x ~= 1.0, != 1.3", "torch===2.9.0+cu129", "x (>=1)",
        "pywin32; sys_platform == 'win32'", "numpy==2.*; python_version < '4'", "name @ https://host/name.whl",
        "git+https://host/repository@main", "/", "..",
    ],
)  # fmt: skip
def test_a_requirement_is_taken_as_it_is(program: ModuleType, word: str) -> None:
    assert program.parse_request([word]).packages == (word,)


@pytest.mark.parametrize(
    "word",
    [
        "", "-e", "--index-url=http://evil", "num py", "numpy==", "a;b", "a;b;c", "x @", "x@", "$(id)", "a\nb", "a\tb",
        "numpy==1 --hash=sha256:0", "numpy --pre", "-", "numpy; ", "./nowhere-at-all", "a/b", "*", "~/x", "x==1;--pre",
    ],
)  # fmt: skip
def test_a_word_that_is_none_is_refused(program: ModuleType, word: str) -> None:
    with pytest.raises(program.RefusedError):
        program.parse_request([word])


def test_no_word_at_all_and_a_missing_file_are_refused(program: ModuleType) -> None:
    for words in ([], ["--upgrade"], ["-r"], ["-r", "-"], ["--requirement", "/no/such"], ["--"]):
        with pytest.raises(program.RefusedError):
            program.parse_request(words)


def test_what_was_asked_for_stays_true_from_any_folder(program: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("numpy\n")
    request = program.parse_request(["numpy", str(tmp_path), "-r", str(tmp_path / "r.txt"), "-U"])
    assert request.upgrade
    assert request.lines() == ("numpy", str(tmp_path), f"-r {tmp_path / 'r.txt'}")


def test_a_project_and_its_lock_are_found_or_refused(program: ModuleType, tmp_path: Path) -> None:
    for words in (["--project", str(tmp_path)], ["--locked"], ["--extra", "$(id)"], ["--index", "ftp://x"]):
        with pytest.raises(program.RefusedError):
            program.parse_request(words)
    (tmp_path / "pyproject.toml").touch()
    with pytest.raises(program.RefusedError, match=r"--locked needs a uv\.lock"):
        program.parse_request(["--project", str(tmp_path), "--locked"])
    (tmp_path / "uv.lock").touch()
    request = program.parse_request([f"--project={tmp_path}", "--frozen", "--extra", "gpu", "--index=https://x/simple"])
    assert (request.has_lock, request.lock_mode, request.extras) == (True, "--frozen", ("gpu",))
    assert request.index == "https://x/simple"


def test_a_locked_launch_takes_only_what_a_lock_fixes(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    hashed, plain = tmp_path / "hashed.txt", tmp_path / "plain.txt"
    hashed.write_text("six==1 --hash=sha256:00\n")
    plain.write_text("six\n")
    monkeypatch.setenv("SYGALDRY_LOCKED", "1")
    for words in (["six"], ["-r", str(plain)], ["--project", str(tmp_path)], ["-U", "-r", str(hashed)]):
        with pytest.raises(program.RefusedError, match="--locked"):
            program.parse_request(words)
    assert program.parse_request(["-r", str(hashed)]).files == (str(hashed),)
    (tmp_path / "uv.lock").write_text("version = 1\n")
    assert program.parse_request(["--project", str(tmp_path)]).lock_mode == "--locked"
    monkeypatch.setenv("SYGALDRY_LOCKED", "0")
    assert program.parse_request(["six"]).packages == ("six",)
