import pytest

from sygaldry.model.array import parse_tasks


@pytest.mark.parametrize(
    ("text", "tasks", "at_once"),
    [
        ("7", [7], 0),
        ("0-3", [0, 1, 2, 3], 0),
        ("0-9:4%2", [0, 4, 8], 2),
        ("1,3,5-6%1", [1, 3, 5, 6], 1),
    ],
)
def test_tasks_as_slurm_writes_them(text: str, tasks: list[int], at_once: int) -> None:
    found = parse_tasks(text)
    assert (list(found), found.at_once, len(found)) == (tasks, at_once, len(tasks))
    assert all(task in found for task in tasks)
    assert max(tasks) + 1 not in found


@pytest.mark.parametrize(
    "text",
    ["", "a", "1-", "-1", "3-1", "1,1", "0-2,2", "0-9%0", "0-9%", "1:2", "0-9:0", "0-9999999", "1" * 20, "1 2", "%"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_tasks(text)
