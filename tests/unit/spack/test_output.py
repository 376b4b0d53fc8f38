"""What Spack, ldd and gpg print, read from recordings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import LockError
from sygaldry.spack.activation import key_of, parse_activation
from sygaldry.spack.commands import Effort, Spack, failure, install
from sygaldry.spack.output import installed_here, is_contended, parse_failure, parse_failures, phase_of, stage_hash
from sygaldry.spack.verify import AllowedFolders, Library, checksum, judge_libraries, parse_files

RECORDED = Path(__file__).parents[2] / "data" / "spack"
SPACK = Spack("/opt/spack_src", "/opt/spack_store", "/opt/python/bin/python3")


def test_the_cause_of_a_failure_is_the_compilers_own_line_unfolded() -> None:
    found = parse_failure((RECORDED / "install-failure.txt").read_text())
    assert found.line == ("broken.c:1:25: error: 'this_is_not_declared' undeclared (first use in this function)")
    assert found.sentence.startswith("ProcessError: Command exited with status 2: '/usr/bin/make'")
    assert (
        found.log
        == "/store/stage/root/spack-stage-tiny-broken-1.0-a6czy3rc3jb2radnzxxbllppm6sujyqv/spack-build-out.txt"
    )


def test_what_could_not_be_fetched_is_named() -> None:
    text = (
        "==> Error: FetchError: All fetchers failed for spack-stage-gmake-4.4.1-dtlm333uteb23lxkc5umc3f6hq7y4bs4\n"
        "        https://example.org/make-4.4.1.tar.gz: URLError: <urlopen error [Errno -2] Name unknown>\n"
    )
    assert parse_failure(text).line.startswith("cannot fetch https://example.org/make-4.4.1.tar.gz: URLError")


def test_each_of_several_failures_keeps_its_own_cause() -> None:
    """With packages at once, or with two builds on a store, the first sentence need not be about the first package."""
    missing = (
        "==> Error: FetchError: All fetchers failed for spack-stage-tiny-missing-1.0-d2nfomoei4nlkiuncn42tccs6v24gnoq\n"
        "        file:///sources/tiny-missing-1.0.tar: URLError: No such file\n"
    )
    found = parse_failures(missing + (RECORDED / "install-failure.txt").read_text())
    assert set(found) == {"d2nfomoei4nlkiuncn42tccs6v24gnoq", "a6czy3rc3jb2radnzxxbllppm6sujyqv"}
    assert found["d2nfomoei4nlkiuncn42tccs6v24gnoq"].line.startswith("cannot fetch file:///sources/tiny-missing")
    assert found["a6czy3rc3jb2radnzxxbllppm6sujyqv"].line.startswith("broken.c:1:25: error: ")
    contended = "==> Error: Failed to upgrade to a write lock for tiny-slow-1.0-dcdt36aq5p7kfijtopffawqy6bljbufk\n"
    assert parse_failures(contended) == {}


def test_a_lock_that_nobody_could_have_is_told_from_a_failure() -> None:
    """Recorded after the build that held it was killed, with two waiting for it."""
    text = (
        "==> Error: Failed to upgrade to a write lock for tiny-slow-1.0-dcdt36aq5p7kfijtopffawqy6bljbufk due to "
        "LockUpgradeError: Cannot upgrade lock from read to write on file: /store/install/.spack-db/prefix_lock\n"
        "==> Updating view at /store/views/tiny\n"
        "==> Error: Can't call `poll()` before `start()` or identified no-operation task\n"
    )
    assert is_contended(text)
    assert not is_contended((RECORDED / "install-failure.txt").read_text())


def test_a_package_that_cannot_move_to_a_longer_path_is_told_in_our_words() -> None:
    text = (
        "==> Error: Failed to install tiny-log due to CannotGrowString: Cannot replace "
        "b'/a/install/linux-x86_64/tiny-log-1.0-n3jcrvubsgxvvpdk2yjli5hxgszkism2' with "
        "b'/a/longer/install/linux-x86_64/tiny-log-1.0-n3jcrvubsgxvvpdk2yjli5hxgszkism2' because the new prefix is "
        "longer. To fix this, compile with more padding (config:install_tree:padded_length), or install to a shorter\n"
    )
    assert (
        parse_failure(text).sentence
        == "tiny-log was built in /a/install and cannot move to /a/longer/install, which is longer"
    )


def test_a_failure_that_another_build_marked_is_no_cause_of_its_own() -> None:
    marked = "Terminating after first install failure"
    assert parse_failure(f"==> Error: Failed to install tiny-app due to InstallError: {marked}\n") == parse_failure("")
    assert parse_failure(f"==> Error: {marked}: No binary found\n").sentence == "No binary found"


def test_an_answer_without_a_failure_has_none() -> None:
    assert parse_failure("==> Updating view\n").sentence == ""


def test_a_stage_names_its_package_and_its_logs_the_phase() -> None:
    assert (
        stage_hash("spack-stage-py-a-b-1.0-rc1-a6czy3rc3jb2radnzxxbllppm6sujyqv") == "a6czy3rc3jb2radnzxxbllppm6sujyqv"
    )
    assert stage_hash("spack-stage-other") == ""
    assert phase_of(("spack-build-01-cmake-out.txt", "spack-build-02-build-out.txt", "spack-src")) == "build"
    assert phase_of(("spack-src",)) == "fetch"


def test_a_command_can_be_pasted_and_reads_nothing_of_the_users() -> None:
    command = install(SPACK, "/workspace/pkg/zephyr", ("a" * 32,), Effort(jobs=8, at_once=2, only_cache=True))
    assert command.shown() == (
        "env SPACK_DISABLE_LOCAL_CONFIG=1 SPACK_USER_CACHE_PATH=/opt/spack_store/cache/user "
        "SPACK_GNUPGHOME=/opt/spack_store/gpg PYTHONUNBUFFERED=1 SPACK_PYTHON=/opt/python/bin/python3 "
        "/opt/spack_src/bin/spack --color never -e /workspace/pkg/zephyr install --only-concrete --fail-fast --no-add "
        f"-j 8 -p 2 --use-buildcache only /{'a' * 32}"
    )


def test_offline_every_proxy_is_nobody() -> None:
    words = replace(SPACK, offline=True).command("install").argv
    assert {"http_proxy=http://127.0.0.1:9", "https_proxy=http://127.0.0.1:9"} <= set(words)


def test_a_failure_of_spack_is_said_with_what_mends_it() -> None:
    done = Completed(
        Command(("spack",)), 1, err="==> Error: failed to concretize\nnccl: Must specify CUDA compute capabilities\n"
    )
    error = failure(done, "Spack found no solution")
    assert error.problem == "Spack found no solution: failed to concretize"
    assert "cuda_arch" in error.hint


def test_an_activation_is_what_was_added_and_nothing_of_the_base() -> None:
    found = parse_activation((RECORDED / "activate.txt").read_text())
    assert dict(found.prepended)["PATH"] == "/store/views/tiny/bin"
    assert dict(found.prepended)["MANPATH"] == "/usr/share/man:/store/views/tiny/share/man:/store/views/tiny/man"
    assert dict(found.values) == {"SPACK_ENV": "/workspace/tiny", "SPACK_ENV_VIEW": "default"}
    script = found.script("/a 1 2 3", "k" * 64)
    assert key_of(script) == "k" * 64
    assert "_spack_env_set SPACK_ENV /workspace/tiny\n" in script


def test_a_hostile_value_stays_a_value() -> None:
    found = parse_activation("export A='$(touch /tmp/x)';\n")
    assert "_spack_env_set A '$(touch /tmp/x)'" in found.script("s", "k")


def test_an_empty_activation_is_refused() -> None:
    with pytest.raises(LockError, match="nothing that enters"):
        parse_activation("")
    assert key_of("something else") == ""


def test_libraries_come_from_the_store_or_are_told() -> None:
    program = "/store/bin/git"
    found = (
        Library(program, "libtiny_math.so", "/store/lib/libtiny_math.so"),
        Library(program, "libz.so.1", "/lib/x86_64-linux-gnu/libz.so.1"),
        Library(program, "libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6"),
    )
    damages = judge_libraries("x", found, AllowedFolders(("/store",)))
    assert {each.detail for each in damages} == {"takes libz.so.1 from /lib/x86_64-linux-gnu/libz.so.1"}


def test_a_library_that_is_nowhere_is_told_once_for_each_name() -> None:
    found = (Library("/store/bin/a", "libgone.so.1", ""), Library("/store/bin/a", "libgone.so.1", ""))
    (damage,) = judge_libraries("x", found, AllowedFolders(("/store",)))
    assert (damage.kind, damage.path) == ("missing library", "/store/bin/a")


def test_the_list_of_files_is_read_and_checksums_are_spacks() -> None:
    found = parse_files(
        json.dumps({"/store/a": {"mode": 33188, "hash": "X"}, "/store/b": {"mode": 41471, "dest": "a"}})
    )
    assert (found["/store/a"].checksum, found["/store/b"].target) == ("X", "a")
    assert checksum(b"") == "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
    with pytest.raises(ValueError, match="mode"):
        parse_files('{"/a": {}}')


def test_a_build_counts_what_it_installed_itself_from_source_or_from_a_cache() -> None:
    one, other, third = "a" * 32, "b" * 32, "c" * 32
    text = (
        f"==> zlog: Successfully installed zlog-1.0-{one}\n"
        f"==> Extracting zmath-1.0-{other} from binary cache\n"
        f"[+] /store/install/linux/zcore-1.0-{third}\n"
    )
    assert installed_here(text) == {one, other}
