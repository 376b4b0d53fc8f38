"""A message without a reason has that of another program about the same object."""

from tests.unit.explain._explained import explained

CLONE = """\
Cloning into 'fmt-src'...
fatal: unable to access 'https://git.example/fmt.git/': Could not resolve host: git.example
-- Had to git clone more than once: 3 times.
CMake Error at fmt-subbuild/fmt-populate-gitclone.cmake:39 (message):
  Failed to clone repository: 'https://git.example/fmt.git'


gmake: *** [Makefile:91: all] Error 2

CMake Error at /usr/share/cmake-3.25/Modules/FetchContent.cmake:1616 (message):
  Build step for fmt failed: 2


-- Configuring incomplete, errors occurred!
"""


def test_the_sentence_has_the_error_of_the_other_program() -> None:
    assert "Could not resolve host: git.example" in explained(CLONE).says
