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
            found, counted = [0], [1]
            # The tree grows while it is listed; it is compared once it has its four processes and both lists agree.
            while (len(found) < 4 or set(found) != set(counted)) and time.monotonic() < deadline:
                time.sleep(0.02)
                found, counted = process_tree.descendants(root.pid), process_tree.counted_descendants(root.pid)
            assert len(found) >= 4
            assert set(counted) == set(found)
        finally:
            process_tree.send([root.pid, *process_tree.descendants(root.pid)], 9)
            root.wait()
    assert process_tree.counted_descendants(root.pid) == []
