"""Pages over ledgers: what they show, in which order, and that nothing hostile gets through."""

import html
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.fakes.ledger import FakeRun, make_run
from tests.integration.dashboard.conftest import Dashboard

PAGES = ("/", "/?runs=all", "/environments", "/machine", "/storage")
# The last character stands for a byte of a command line that is no UTF-8.
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp; \x1b[31mred\x1b]0;t\x07 \udcff"


class Tags(HTMLParser):
    """Collects what could run: scripts, handlers, styles, addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "script":
            self.scripts.append(dict(attrs).get("src") or "inline")


def check_safe(text: str) -> None:
    """Assert that a page runs nothing but our own script and leads nowhere else."""
    tags = Tags()
    tags.feed(text)
    assert set(tags.scripts) <= {"/static/app.js"}
    for tag, name, value in tags.attributes:
        assert not name.startswith("on"), (tag, name, value)
        assert name != "style", (tag, value)
        if name in ("href", "src", "action"):
            assert value.startswith(("/", "#")), (tag, value)
            assert not value.startswith("//")
    assert "\x1b" not in text


def test_the_list_shows_the_newest_run_of_each_job_newest_first(dashboard: Dashboard) -> None:
    for number in range(3):
        make_run(dashboard.jobs, FakeRun("build", age_s=600 - number))
    make_run(dashboard.jobs, FakeRun("test", "FAILED", 2, age_s=10, why="exited 2"))
    text = dashboard.page("/")
    assert re.findall(r'<a href="/job/demo/(\w+)/', text) == ["test", "build"]
    assert "exited 2" in text
    assert len(re.findall(r'<tr id="run-', dashboard.page("/?runs=all"))) == 4


def test_an_array_is_one_row_and_leads_to_its_elements(dashboard: Dashboard) -> None:
    array = make_run(dashboard.jobs, FakeRun("many", "FAILED", 1, age_s=60))
    for task in range(3):
        make_run(dashboard.jobs, FakeRun(f"many.{task}", age_s=60, run=array.run))
    make_run(dashboard.jobs, FakeRun("many.5", age_s=30))  # a job of its own that is only named like one
    rows = re.compile(r'<a href="/job/demo/([\w.]+)/')
    assert rows.findall(dashboard.page("/")) == ["many.5", "many"]
    link = re.search(r'href="([^"]*)">Elements</a> \(3 have started\)', dashboard.page(f"/job/demo/many/{array.run}"))
    assert link
    assert set(rows.findall(dashboard.page(html.unescape(link[1])))) == {"many.0", "many.1", "many.2", "many.5"}
    assert "Elements</a>" not in dashboard.page(f"/job/demo/many.0/{array.run}")


def test_the_jobs_are_counted_by_state_and_each_count_leads_to_its_jobs(dashboard: Dashboard) -> None:
    for number in range(3):
        make_run(dashboard.jobs, FakeRun(f"good-{number}"))
    make_run(dashboard.jobs, FakeRun("bad", "FAILED", 2))
    dashboard.context.index.read_ahead(5)
    text = dashboard.page("/")
    counts = re.findall(r'href="/\?state=(\w+)">(\d+) ', text)
    assert counts == [("FAILED", "1"), ("DONE", "3")]
    assert "/job/demo/bad/" in dashboard.page("/?state=FAILED")


def test_an_exit_code_and_a_duration_are_two_words(dashboard: Dashboard) -> None:
    paths = make_run(dashboard.jobs, FakeRun("bad", "FAILED", 1))
    text = re.sub(r"<[^>]*>", "", dashboard.page(f"/job/demo/bad/{paths.run}"))
    assert "exit code 1, 10s" in re.sub(r"\s+", " ", text)


def test_filters_select_by_state_name_project_and_age(dashboard: Dashboard) -> None:
    make_run(dashboard.jobs, FakeRun("good", age_s=7200))
    make_run(dashboard.jobs, FakeRun("bad", "FAILED", 1, age_s=60))
    dashboard.context.index.read_ahead(5)

    def jobs(query: str) -> list[str]:
        return re.findall(r'<a href="/job/demo/(\w+)/', dashboard.page(f"/?{query}"))

    assert jobs("state=bad") == ["bad"]
    assert jobs("state=DONE") == ["good"]
    assert jobs("name=oo") == ["good"]
    assert jobs("since=1h") == ["bad"]
    assert jobs("project=other") == []
    assert jobs("state=%3Cscript%3E&since=x") == ["bad", "good"]


def test_pages_of_rows_hold_every_run_once(dashboard: Dashboard) -> None:
    for number in range(120):
        make_run(dashboard.jobs, FakeRun(f"j{number:03}", age_s=1000 - number))
    found: list[str] = []
    path = "/"
    while path:
        text = dashboard.page(path)
        found += re.findall(r'<a href="/job/demo/(\w+)/', text)
        older = re.search(r'<a rel="next" href="([^"]+)"', text)
        path = html.unescape(older[1]) if older else ""
    assert found == [f"j{number:03}" for number in reversed(range(120))]


def test_a_failed_run_shows_its_cause_with_links_into_the_log(dashboard: Dashboard) -> None:
    log = b"cc -c a.c\na.c:1:10: fatal error: zlib.h: No such file or directory\nmake: *** [a.o] Error 1\n"
    paths = make_run(dashboard.jobs, FakeRun("build", "FAILED", 2, log=log))
    text = dashboard.page(f"/job/demo/build/{paths.run}")
    assert "zlib.h: No such file" in text
    assert f'href="/log/demo/build/{paths.run}?at=10#o10"' in text
    assert 'id="o10"' in dashboard.page(f"/log/demo/build/{paths.run}?at=10")


def test_a_run_is_compared_with_the_last_good_one(dashboard: Dashboard) -> None:
    make_run(dashboard.jobs, FakeRun("build", facts={"commit": "aaa"}, age_s=900))
    paths = make_run(dashboard.jobs, FakeRun("build", "FAILED", 1, facts={"commit": "bbb"}))
    text = dashboard.page(f"/job/demo/build/{paths.run}")
    row = re.search(r'<tr class="different"><th scope="row">commit</th>.*?</tr>', text)
    assert row
    assert "aaa" in row[0]
    assert "bbb" in row[0]


def test_a_log_opens_at_its_end_finds_and_leads_back(dashboard: Dashboard) -> None:
    lines = b"".join(b"line %05d\n" % number for number in range(20_000))
    paths = make_run(dashboard.jobs, FakeRun("big", log=lines))
    text = dashboard.page(f"/log/demo/big/{paths.run}")
    assert "line 19999" in text
    assert "line 00000" not in text
    assert 'rel="prev"' in text
    found = dashboard.page(f"/log/demo/big/{paths.run}?find=line+00123")
    assert "line 00123" in found
    assert f"at={lines.index(b'line 00123')}#" in found
    assert dashboard.client.get(f"/raw/demo/big/{paths.run}").content == lines


@pytest.mark.parametrize("page", PAGES)
def test_pages_without_a_run_are_safe(dashboard: Dashboard, page: str) -> None:
    check_safe(dashboard.page(page))


def test_hostile_ledgers_are_shown_as_text(dashboard: Dashboard) -> None:
    events = (
        {"event": "error", "kind": HOSTILE, "text": HOSTILE, "at": 3},
        {"event": "phase", "tool": HOSTILE, "phase": HOSTILE},
        {"event": "progress", "bytes": 10**300, "cpu_s": "x"},
        {"event": HOSTILE},
    )
    raw = HOSTILE.encode(errors="surrogateescape")
    log = raw + b"\n" + b"x" * 1_000_000 + b"\n\xff\xfe\x00\n" + raw + b"\nerror: <b>\n"
    facts = {"image": HOSTILE, "commit": HOSTILE, "gpu": HOSTILE, "locks": [HOSTILE]}
    make_run(dashboard.jobs, FakeRun("h", command=HOSTILE, facts=facts, log=log, age_s=900))
    run = FakeRun("h", "FAILED", 1, command=HOSTILE, why=HOSTILE, events=events, facts=facts, log=log)
    paths = make_run(dashboard.jobs, run)
    Path(paths.cause).write_bytes(raw)
    for page in (
        "/",
        f"/?name={html.escape(HOSTILE[:60])}",
        f"/job/demo/h/{paths.run}",
        f"/log/demo/h/{paths.run}",
        f"/log/demo/h/{paths.run}?after=0",
        f"/log/demo/h/{paths.run}?find=%3Cscript%3E",
    ):
        text = dashboard.page(page)
        check_safe(text)
        assert len(text) < 300_000, page


@pytest.mark.parametrize(
    "path",
    [
        "/job/demo/x/20260101T000000000Z",
        "/job/..%2f..%2fetc/passwd/20260101T000000000Z",
        "/log/demo/%2e%2e/20260101T000000000Z",
        "/log/demo/build/..%2F..%2Fetc%2Fpasswd",
        "/static/..%2Fapp.py",
        "/static/../app.py",
        "/environment/demo/..%2f..",
        "/nothing",
        "/job/%00/x/y",
    ],
)
def test_only_known_ids_are_answered(dashboard: Dashboard, path: str) -> None:
    make_run(dashboard.jobs, FakeRun("build"))
    answer = dashboard.client.get(path)
    assert answer.status_code == 404, answer.text[:500]
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "query", ["at=99999999999999999999", "after=-1", "before=x", "attempt=9999", "from=1e9&find=x"]
)
def test_numbers_in_a_query_are_checked(dashboard: Dashboard, query: str) -> None:
    paths = make_run(dashboard.jobs, FakeRun("build"))
    dashboard.page(f"/log/demo/build/{paths.run}?{query}")


@pytest.mark.parametrize("kind", ["pipe", "link", "loop", "folder"])
@pytest.mark.parametrize("which", ["log", "events", "index", "record", "cause"])
def test_a_file_of_a_run_that_is_no_file_breaks_no_page_and_is_not_followed(
    dashboard: Dashboard, tmp_path: Path, which: str, kind: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n" * 10)
    paths = make_run(dashboard.jobs, FakeRun("odd", "FAILED", 1))
    found = getattr(paths, which)
    path = Path(found() if callable(found) else found)
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(secret if kind == "link" else path.name)
    for page in (
        "/",
        f"/job/demo/odd/{paths.run}",
        f"/log/demo/odd/{paths.run}",
        f"/raw/demo/odd/{paths.run}",
        "/metrics",
    ):
        assert "hunter2" not in dashboard.page(page)


def test_a_link_that_is_named_like_a_run_is_no_way_out(dashboard: Dashboard) -> None:
    (dashboard.jobs / "evil-20260101T000000000Z").symlink_to("/etc")
    dashboard.page("/")
    dashboard.page("/job/demo/evil/20260101T000000000Z")
    assert dashboard.page("/raw/demo/evil/20260101T000000000Z") == ""
