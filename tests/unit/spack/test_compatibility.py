"""A machine is held against the real lock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sygaldry.model.finding import Finding, Verdict
from sygaldry.spack.compatibility import Facts, judge_disk, judge_externals, judge_machine, os_of
from sygaldry.spack.externals import Evidence
from sygaldry.spack.lock import Lock

FLAGS = "abm avx avx2 bmi1 bmi2 cx16 f16c fma lahf_lm movbe popcnt sse4_1 sse4_2 ssse3 xsave"
IMAGE = Facts(
    os="ubuntu24.04",
    machine="x86_64",
    flags=frozenset(FLAGS.split()),
    loader_banner="ld.so (Ubuntu GLIBC 2.39-0ubuntu8.5) stable release version 2.39.",
    compilers={
        "/usr/bin/gcc": "13.3.0",
        "/usr/bin/g++": "13.3.0",
        "/usr/bin/gfortran": "13.3.0",
        "/usr/bin/clang-18": "18.1.3",
        "/usr/bin/clang++-18": "18.1.3",
    },
    prefixes=frozenset(["/usr", "/usr/local/cuda"]),
    free_bytes=100 * 2**30,
)


def judged(lock: Lock, facts: Facts, **versions: str) -> tuple[Finding, ...]:
    """Judge everything, with ten GiB to be built."""
    found = {"cuda": "12.9.1", "cudnn": "9.10.2"} | versions
    evidence = {lock.named(name)[0].hash: (Evidence(each, "it"),) for name, each in found.items() if each}
    facts = replace(facts, evidence=evidence)
    return (
        *judge_machine(lock, facts, "pkg/stack"),
        *judge_externals(lock, facts).values(),
        judge_disk(facts, 10 * 2**30),
    )


def test_the_image_is_what_the_lock_was_made_for(zephyr: Lock) -> None:
    assert {each.verdict for each in judged(zephyr, IMAGE)} == {Verdict.OK}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"os": "debian12"}, "the lock is for ubuntu24.04, and this is debian12"),
        ({"machine": "aarch64"}, "this machine is aarch64"),
        ({"flags": frozenset(FLAGS.replace("avx2", "").split())}, "this CPU lacks avx2"),
        ({"loader_banner": "stable release version 2.36."}, "glibc 2.39, and this is 2.36"),
        ({"compilers": {**IMAGE.compilers, "/usr/bin/gcc": "12.2.0"}}, "/usr/bin/gcc is gcc 12.2.0"),
        ({"compilers": {"/usr/bin/gcc": "13.3.0"}}, "/usr/bin/gfortran is not there"),
        ({"free_bytes": 2**30}, "1.0 GiB are free, and about 10.0 are needed"),
    ],
)
def test_each_fact_that_is_wrong_is_told_with_a_remedy(zephyr: Lock, change: dict[str, object], said: str) -> None:
    facts = replace(IMAGE, **change)  # type: ignore[arg-type]  # the table above
    bad = [each for each in judged(zephyr, facts) if each.verdict is Verdict.PROBLEM]
    assert any(said in each.summary for each in bad), bad
    assert all(each.remedy for each in bad)


def test_another_cuda_or_cudnn_and_a_prefix_that_is_gone_are_problems(zephyr: Lock) -> None:
    def bad(facts: Facts, **versions: str) -> list[str]:
        return [each.summary for each in judged(zephyr, facts, **versions) if each.verdict is Verdict.PROBLEM]

    assert bad(IMAGE, cuda="13.0.0") == ["cuda is 13.0.0 (it), and the lock wants 12.9.1"]
    assert bad(IMAGE, cudnn="9.8.2") == ["cudnn is 9.8.2 (it), and the lock wants 9.10.2.21-12"]
    assert bad(replace(IMAGE, prefixes=frozenset(["/usr"])), cuda="") == [
        "/usr/local/cuda is not there; the lock takes cuda@12.9.1 from it"
    ]


def test_what_cannot_be_found_out_is_unknown_and_not_ok(zephyr: Lock) -> None:
    facts = replace(IMAGE, loader_banner="", free_bytes=None)
    unknown = [each.summary for each in judged(zephyr, facts, cuda="", cudnn="") if each.verdict is Verdict.UNKNOWN]
    assert unknown == [
        "no version of cuda was found under /usr/local/cuda; the lock takes cuda@12.9.1 from it",
        "no version of cudnn was found under /usr; the lock takes cudnn@9.10.2.21-12 from it",
        "no version of glibc was found; the lock wants 2.39",
        "the free space of the store's disk is not known",
    ]


def test_the_os_is_named_as_spack_names_it() -> None:
    assert os_of('NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="24.04"\n') == "ubuntu24.04"
    assert os_of("ID=arch\n") == "arch"
    assert os_of("") == ""
