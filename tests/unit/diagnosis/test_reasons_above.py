"""An error that only ends a run gives way to the line above it that has the reason."""

import pytest
from tests.unit.explain._explained import explained

MECAB = """\
/bin/sh: 1: tool-config: not found
Traceback (most recent call last):
  File "setup.py", line 41, in <module>
  File "setup.py", line 18, in flags
IndexError: list index out of range
"""
EMPTY = """\
curl: (7) Failed to connect to 10.0.0.9 port 443 after 0 ms: Couldn't connect to server
Traceback (most recent call last):
  File "<string>", line 1, in <module>
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
"""
SPLIT = """\
split: cannot open 'input.bin' for reading: No such file or directory
prep: 0 parts
Traceback (most recent call last):
  File "prep.py", line 6, in <module>
IndexError: list index out of range
"""
SCRIPT = """\
Could not find script experiment.py
Traceback (most recent call last):
  File "profiler.py", line 7, in <module>
FileNotFoundError: [Errno 2] No such file or directory: 'experiment.py.lprof'
"""
CONFIGURE = """\
checking for cuda.h... yes
checking if CUDART_VERSION >= 3020... configure: WARNING: Specified --enable-cuda switch, but could not
configure: WARNING: find appropriate support
configure: error: Cannot continue
"""
NVCC = """\
  The output was:

  g++-11: No such file or directory

  nvcc fatal : Failed to preprocess host compiler properties.
"""
SYMBOL = """\
ERROR: Traceback (most recent call last):
\tFile "/x/cc_flags.bzl", line 16, column 76, in <toplevel>
\t\tload("@tools//:utils.bzl", "find_it", "use_it")
Error: file '@tools//:utils.bzl' does not contain symbol 'use_it' (did you mean 'find_it'?)
ERROR: Analysis of target '//:flags' failed; build aborted: in /x/defs.bzl: Extension file 'cc.bzl' has errors
FAILED: Build did NOT complete successfully (1 packages loaded)
"""
WORKSPACE = """\
ERROR: /w/WORKSPACE:5:1: name 'http_archive' is not defined
ERROR: Error evaluating WORKSPACE file
ERROR: error loading package '': no such package '@bazel_tools//repo': Could not load //external package
"""
HOOK = (
    "remote: Your push was rejected because it contains binary files.\nremote: Offending files:\n"
    + "".join(f"remote:   - models/{number}.zip (ref: refs/heads/main)\n" for number in range(40))
    + "To https://host.example/team/app\n ! [remote rejected] main -> main (pre-receive hook declined)\n"
)
BROADCAST = """\
Traceback (most recent call last):
  File "train.py", line 3, in <module>
    step(x, y)
  File "/v/lib/python3.11/site-packages/jax/_src/lax/lax.py", line 126, in _try_broadcast_shapes
    raise TypeError(f'{name} got incompatible shapes for broadcasting: '
TypeError: add got incompatible shapes for broadcasting: (2, 16), (3, 16).
"""
HASHES = """\
   ━━━━━━━━━━━━━━━━━━━━━━━━━━━ 126.3/126.3 kB 244.2 MB/s eta 0:00:00ERROR: THESE PACKAGES DO NOT MATCH THE HASHES
    tool==2.2.3 from https://files.example/tool-2.2.3-py3-none-any.whl:
        Expected sha256 ca89
             Got        ca8f
"""
EXITED = """\
==> Error: Could not find any remote versions for pigz
Traceback (most recent call last):
  File "/s/main.py", line 1124, in main
    return _main(argv)
  File "/s/tty.py", line 249, in die
    sys.exit(1)
SystemExit: 1
"""
ARCHIVE = (
    "Error in download_and_extract: java.io.IOException: Error downloading "
    "[https://archive.example/boost/1.74.0/boost_1_74_0.tar.gz] to /root/boost.tar.gz: "
    f"Checksum was {'0123456789abcdef' * 4} but wanted {'fedcba9876543210' * 4}\n"
    "ERROR: Analysis of target '//:x' failed; build aborted\n"
)
HARMLESS = """\
W bfc_allocator.cc:219] ran out of memory trying to allocate 2.1GiB. The caller indicates that this is not a failure
Traceback (most recent call last):
  File "train.py", line 9, in <module>
tensorflow.python.framework.errors_impl.InternalError: Blas GEMM launch failed : a.shape=(64, 784)
"""


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (MECAB, "tool-config: not found"),
        (EMPTY, "Failed to connect to 10.0.0.9"),
        (SPLIT, "cannot open 'input.bin'"),
        (SCRIPT, "Could not find script experiment.py"),
        (CONFIGURE, "Specified --enable-cuda switch, but could not find appropriate support"),
        (NVCC, "the host compiler g++-11 is not installed"),
        (SYMBOL, "does not contain symbol 'use_it'"),
        (WORKSPACE, "name 'http_archive' is not defined"),
        (BROADCAST, "add got incompatible shapes for broadcasting: (2, 16), (3, 16)"),
        (HASHES, "THESE PACKAGES DO NOT MATCH THE HASHES"),
        (EXITED, "Could not find any remote versions for pigz"),
        (ARCHIVE, "Checksum was 0123456789abcdef"),
        (HARMLESS, "Blas GEMM launch failed"),
    ],
)
def test_the_reason_is_the_headline(log: str, reason: str) -> None:
    assert reason in explained(log).says


def test_a_hook_with_a_long_list_is_quoted_by_its_reason() -> None:
    texts = [line.text for line in explained(HOOK).lines]
    assert any("it contains binary files" in text for text in texts)


@pytest.mark.parametrize("words", ["this cannot be safely ignored", "it is not safe to ignore this"])
def test_what_must_not_be_ignored_is_no_noise(words: str) -> None:
    assert "disk is on fire" in explained(f"error: the disk is on fire; {words}\n").says
