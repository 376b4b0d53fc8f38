"""Where a folder of the sandbox comes from."""

import pytest

from sygaldry.runtimes._sandbox_folder import source_of

_ARGV = (
    "systemd-run", "--", "bwrap", "--unshare-pid", "--symlink", "usr/lib", "/lib", "--ro-bind-try", "/usr", "/usr",
    "--dir", "/opt",
    "--symlink", "../run", "/var/run", "--tmpfs", "/tmp", "--tmpfs", "/run", "--proc", "/proc",
    "--bind", "/home/me/app", "/workspace", "--ro-bind", "/store/tools", "/opt/sygaldry/tools", "--chdir", "/x",
    "--", "--bind", "/a", "/b",
)  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("/workspace", "/home/me/app"),
        ("/workspace/sub/x", "/home/me/app/sub/x"),
        ("/workspaces", None),
        ("/lib/python3", "/usr/lib/python3"),
        ("/usr", "/usr"),
        ("/", ""),
        ("/opt", ""),
        ("/opt/sygaldry", ""),
        ("/opt/other", None),
        ("/tmp", ""),
        ("/tmp/x", None),
        ("/var/run", ""),
        ("/proc/self", ""),
        ("/root", None),
        ("/b", None),
    ],
)
def test_a_folder_has_a_source_or_is_made_or_is_absent(folder: str, source: str | None) -> None:
    assert source_of(_ARGV, folder) == source
