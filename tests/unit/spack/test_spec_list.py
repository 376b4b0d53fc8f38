"""The spec lists of manifests: definitions, matrices, and specs with the same meaning."""

from __future__ import annotations

import pytest

from sygaldry.model.errors import LockError
from sygaldry.spack.spec_list import expand, is_written_out, normalize


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("py-torch@2.9.0 +cuda+cudnn~valgrind cuda_arch=61,75", "py-torch@2.9.0+cudnn+cuda~valgrind cuda_arch=75,61"),
        ("hdf5 +mpi ^openmpi@4 %gcc@12", "hdf5+mpi%gcc@12^openmpi@4"),
        ("a -b", "a~b"),
        ("zlib target=x86_64_v3", "zlib arch=None-None-x86_64_v3"),
        ("gcc@13 languages:='c,c++'", "gcc@13 languages='c++,c'"),
        ('a cflags="-O3 -g"', "a cflags='-O3 -g'"),
        ("geant4 ^[virtuals=qmake] qt-base", "geant4 ^qmake=qt-base"),
        ("a %[virtuals=cxx,c] gcc", "a %c,cxx=gcc"),
        ("esmf %nvhpc@23.7 ^openmpi@4 ^nvhpc@23.7", "esmf %nvhpc@23.7 ^openmpi@4"),
        ("esmf ^nvhpc %nvhpc@23.7", "esmf %nvhpc@23.7"),
    ],
)
def test_order_spaces_and_quotes_do_not_matter(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hdf5+mpi", "hdf5~mpi"),
        ("a@1", "a@2"),
        ("a ^b@1", "a ^b@2"),
        ("a ^b+c", "a+c ^b"),
        ("a-b", "a ~b"),
        ("a ^b@2 %b@1", "a %b@1"),
    ],
)
def test_what_means_something_else_differs(one: str, other: str) -> None:
    assert normalize(one) != normalize(other)


def test_definitions_and_matrices_expand_as_spack_expands_them() -> None:
    content = {
        "definitions": [
            {"packages": ["hdf5", "zlib"]},
            {"compilers": ["gcc@12", "clang@16"]},
            {"packages": ["cmake"]},  # another list of the same name is added
        ],
        "specs": [
            "ninja",
            "$packages",
            {"matrix": [["hdf5"], ["$%compilers"]], "exclude": ["hdf5%clang@16"]},
            {"matrix": [["a", "b"], ["+x", "~x"]]},
            {"matrix": [["gromacs"], ["%oneapi", "+cuda %gcc@7"], ["target=x86_64_v4"]]},
        ],
    }
    assert expand(content, "spack.yaml").specs == (
        *("ninja", "hdf5", "zlib", "cmake"),
        "hdf5 %gcc@12",
        *("a +x", "a ~x", "b +x", "b ~x"),
        # A part of a row is about the package itself unless a `%` or `^` of its own comes before it.
        *("gromacs target=x86_64_v4 %oneapi", "gromacs +cuda target=x86_64_v4 %gcc@7"),
    )


def test_a_condition_is_for_spack_to_evaluate_and_is_reported() -> None:
    content = {"definitions": [{"mpis": ["openmpi"], "when": "os == 'debian12'"}], "specs": ["zlib", "$mpis"]}
    found = expand(content, "spack.yaml")
    assert (found.specs, found.conditions) == (("zlib",), ("os == 'debian12'",))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"specs": ["$nowhere"]}, "refers to [$]nowhere"),
        ({"definitions": [{"a": ["$a"]}], "specs": ["$a"]}, "refer to themselves"),
        ({"specs": [{"matrix": [["x"] * 300, [f"+{n}" for n in range(300)]]}]}, "more than 20000 specs"),
        ({"specs": [["a"]]}, "holds"),
        ({"specs": [""]}, "holds an empty spec or matrix"),
        ({"specs": [{"matrix": []}]}, "holds an empty spec or matrix"),
        ({"specs": "zlib"}, "not a list of specs"),
        ({"definitions": ["a"]}, "not a list of named lists"),
    ],
)
def test_what_spack_would_refuse_is_refused(content: dict[str, object], said: str) -> None:
    with pytest.raises(LockError, match=said):
        expand(content, "spack.yaml")


@pytest.mark.parametrize(
    ("requested", "locked", "fits"),
    [
        (("cmake@3.19.1",), ("cmake@3.19.1%gcc@10.1.0~doc+ncurses arch=linux-rhel7-x86_64 ^ncurses@6.2",), True),
        (("kokkos+serial std=17",), ("kokkos@3.2.00%clang@11.0.0~hip+openmp+serial std=17",), True),
        (("cmake@3.20.0",), ("cmake@3.19.1%gcc@10.1.0~doc",), False),
        (("kokkos+cuda",), ("kokkos@3.2.00~cuda+serial",), False),
        (("cmake", "fmt"), ("cmake@3.19.1~doc",), False),
        (("!",), ("cmake@3.19.1~doc",), False),
        (("cmake",), ("cmake@3.19.1~doc", "fmt@7.1.2~ipo"), False),
        (("fmt", "fmt+pic"), ("fmt@7~ipo+pic", "fmt@6~ipo"), True),
    ],
)
def test_roots_that_a_lock_writes_out_in_full(requested: tuple[str, ...], locked: tuple[str, ...], fits: bool) -> None:
    assert is_written_out([normalize(each) for each in requested], [normalize(each) for each in locked]) is fits
