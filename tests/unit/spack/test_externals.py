"""What proves the version of an external, what contradicts it, and what proves nothing."""

from __future__ import annotations

import pytest

from sygaldry.model.finding import Verdict
from sygaldry.spack import externals
from sygaldry.spack.externals import Evidence, judge_external
from sygaldry.spack.lock import Node


def external(name: str, version: str, prefix: str = "/usr") -> Node:
    return Node("a" * 32, name, version, "debian12", "x86_64_v3", prefix=prefix)


@pytest.mark.parametrize(
    ("name", "wanted", "found", "verdict"),
    [
        ("cmake", "3.25.1", "3.25.1", Verdict.OK),
        ("cmake", "3.99.0", "3.25.1", Verdict.PROBLEM),
        ("openblas", "0.3.99", "0.3.21", Verdict.PROBLEM),
        ("cuda", "12.9.1", "12.9", Verdict.OK),  # cuda.h has no third number
        ("cuda", "12.9.1", "13.0", Verdict.PROBLEM),
        ("cuda", "12.9.1", "12", Verdict.PROBLEM),  # one number proves nothing
        ("cudnn", "9.10.2.21-12", "9.10.2", Verdict.OK),
        ("cudnn", "9.10.2.21-12", "9.1.0.70", Verdict.PROBLEM),
        ("openjdk", "17.0.15_6-Debian-1deb12u1", "17.0.15", Verdict.OK),  # as `spack external find` writes it
        ("openjdk", "17.0.14_7", "17.0.15", Verdict.PROBLEM),
        ("openssh", "9.2p1", "9.2p1", Verdict.OK),
        ("openssh", "9.2p1", "9.2p2", Verdict.PROBLEM),
        ("openssl", "1.1.1k", "1.1.1w", Verdict.PROBLEM),
        ("python", "3.11", "3.11.2", Verdict.OK),
        ("python", "3.1", "3.11.2", Verdict.PROBLEM),
    ],
)
def test_versions_agree_in_the_parts_that_both_have(name: str, wanted: str, found: str, verdict: Verdict) -> None:
    finding = judge_external(external(name, wanted), [Evidence(found, "it")], is_there=True)
    assert finding.verdict is verdict
    assert "it" in finding.summary


@pytest.mark.parametrize(
    ("name", "printed", "version"),
    [
        ("rust", "rustc 1.95.0 (59807616e 2026-04-14)\n", "1.95.0"),
        ("llvm", "Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu\n", "14.0.6"),
        ("nvhpc", "\nnvc 24.1-0 64-bit target on x86-64 Linux -tp zen3 \n", "24.1"),
        ("intel-oneapi-compilers", "Intel(R) oneAPI DPC++/C++ Compiler 2024.0.2 (2024.0.2.20231213)\n", "2024.0.2"),
        ("aocc", "AMD clang version 14.0.6 (CLANG: AOCC_4.1.0-Build#270 2023_07_10)\n", "4.1.0"),
        ("go", "go version go1.19.8 linux/amd64\n", "1.19.8"),
        ("cce", "Cray clang version 17.0.0  (324a8e7de6a18594)\n", "17.0.0"),
    ],
)
def test_compilers_print_their_version_in_many_ways(name: str, printed: str, version: str) -> None:
    assert externals.compiler_version(external(name, version), printed) == version


def test_a_prefix_of_usr_proves_nothing() -> None:
    finding = judge_external(external("cudnn", "9.10.2.21-12"), (), is_there=True)
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.remedy.endswith("--accept-unknown cudnn")


def test_the_file_name_of_a_library_may_prove_a_version_but_not_contradict_one() -> None:
    zlib = external("zlib", "1.2.13")
    assert judge_external(zlib, [Evidence("1.2.13", "libz", is_weak=True)], is_there=True).verdict is Verdict.OK
    assert judge_external(zlib, [Evidence("6.4", "libz", is_weak=True)], is_there=True).verdict is Verdict.UNKNOWN
    assert externals.version_of_library("libz.so.1.2.13") == "1.2.13"
    assert externals.version_of_library("libz.so.1") == ""


def test_headers_are_read_whole_or_not_at_all() -> None:
    cuda, cudnn = external("cuda", "12.9.1"), external("cudnn", "9")
    assert externals.version_in_header(cuda, "#define CUDA_VERSION 12090\n") == "12.9"
    assert externals.version_in_header(cuda, "#define CUDA_VERSION 13000\n") == "13.0"
    text = "#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 10\n#define CUDNN_PATCHLEVEL 2\n"
    assert externals.version_in_header(cudnn, text) == "9.10.2"
    assert externals.version_in_header(cudnn, text.replace("MINOR", "OTHER")) == ""


def test_pkg_config_files_may_take_the_version_from_a_variable() -> None:
    assert externals.version_in_pkg_config("version=0.3.21\nName: openblas\nVersion: ${version}\n") == "0.3.21"
    assert externals.version_in_pkg_config("Name: zlib\n") == ""


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("9.10.2.21-1", "9.10.2.21"),
        ("1:1.2.13.dfsg-1", "1.2.13.dfsg"),
        ("2:8.39-13", "8.39"),
        ("0.3.21+ds-4", "0.3.21"),
        ("2.26.2-1+cuda12.9", "2.26.2"),
    ],
)
def test_the_upstream_version_of_a_package_of_debian(said: str, version: str) -> None:
    assert externals.version_of_package(said) == version


def test_programs_print_their_version_in_many_ways() -> None:
    assert externals.version_printed("This is perl 5, version 36, subversion 0 (v5.36.0) built for x86") == "5.36.0"
    assert externals.version_printed("cmake version 3.25.1\n") == "3.25.1"
    assert externals.version_printed("OpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL 3.0.19 27 Jan 2026") == "9.2p1"
    assert externals.version_printed("OpenSSL 1.1.1w  11 Sep 2023") == "1.1.1w"
    assert externals.version_printed("GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)") == "5.2.15"
    assert externals.version_printed("Python 3.13.0rc2") == "3.13.0"
    assert externals.version_printed("nothing") == ""
    assert externals.programs(external("gmake", "4.3"))[1] == ("make", "--version")
