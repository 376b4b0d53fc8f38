"""The cheap list of a job's processes agrees with the thorough one."""

import subprocess
import time

from sygaldry.supervisor import process_tree


def test_both_lists_find_children_of_children_and_of_threads() -> None:
    script = "import subprocess, threading as t; t.Thread(target=lambda: subprocess.run(['sleep', '60'])).start()"
    nested = f'python3 -c "{script}" & (sleep 60 & wait) & wait'
    with subprocess.Popen(["sh", "-c", nested], start_new_session=True) as root:
        try:
            deadline = time.monotonic() + 60
            while len(found := process_tree.descendants(root.pid)) < 4 and time.monotonic() < deadline:
                time.sleep(0.02)
            assert len(found) >= 4
            assert set(process_tree.counted_descendants(root.pid)) == set(process_tree.descendants(root.pid))
        finally:
            process_tree.send([root.pid, *process_tree.descendants(root.pid)], 9)
            root.wait()
    assert process_tree.counted_descendants(root.pid) == []
