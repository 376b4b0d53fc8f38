"""Who gets an answer: token, cookie, host, origin, form token; and what an answer allows a page to do."""

import re

import pytest
from tests.fakes.ledger import FakeRun, make_run
from tests.integration.dashboard.conftest import TOKEN, Dashboard, new_client

PATHS = ("/", "/live", "/machine", "/metrics", "/static/app.js", "/nothing", "/log/a/b/c", "/follow/a/b/c")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_answered_without_the_token(dashboard: Dashboard, path: str) -> None:
    client = new_client(dashboard.context)
    assert client.get(path).status_code == 401
    assert client.get(path, headers={"authorization": "Bearer wrong"}).status_code == 401
    assert client.post(path).status_code == 401


def test_the_token_is_exchanged_for_a_cookie_that_scripts_and_other_sites_cannot_use(dashboard: Dashboard) -> None:
    client = new_client(dashboard.context)
    answer = client.get(f"/?token={TOKEN}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    assert client.get("/").status_code == 200
    assert client.get("/?token=wrong", follow_redirects=False).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:18900", ""])
def test_another_name_of_the_host_is_refused(dashboard: Dashboard, host: str) -> None:
    assert dashboard.client.get("/", headers={"host": host}).status_code == 421


def test_another_origin_is_refused(dashboard: Dashboard) -> None:
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
        assert dashboard.client.get("/", headers={"origin": origin}).status_code == 403
    assert dashboard.client.post("/stop/a/b/c", headers={"sec-fetch-site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("verb", ["stop", "retry", "prune"])
def test_a_button_needs_a_post_with_the_token_of_a_form(dashboard: Dashboard, verb: str) -> None:
    paths = make_run(dashboard.jobs, FakeRun("build"))
    address = f"/{verb}/demo/build/{paths.run}"
    assert dashboard.client.get(address).status_code == 404
    assert dashboard.client.post(address).status_code == 403
    assert dashboard.client.post(address, data={"form_token": "wrong"}).status_code == 403
    assert dashboard.client.post(address, content=b"form_token=" + b"x" * 100_000).status_code == 403


def test_stop_of_an_ended_run_with_the_token_of_its_form_is_carried_out(dashboard: Dashboard) -> None:
    paths = make_run(dashboard.jobs, FakeRun("build"))
    text = dashboard.page(f"/job/demo/build/{paths.run}")
    token = re.search(r'name="form_token" value="(\w+)"', text)
    assert token
    form = {"form_token": token[1]}
    answer = dashboard.client.post(f"/stop/demo/build/{paths.run}", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/job/demo/build"), answer.text
    assert dashboard.client.post("/stop/demo/build/20260101T000000000Z", data=form).status_code == 404


def test_prune_keeps_the_newest_three_runs(dashboard: Dashboard) -> None:
    runs = [make_run(dashboard.jobs, FakeRun("build", age_s=900 - number)) for number in range(5)]
    headers = {"authorization": f"Bearer {TOKEN}"}
    program = new_client(dashboard.context)  # a program with the token needs no form
    answer = program.post(f"/prune/demo/build/{runs[-1].run}", headers=headers, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert dashboard.context.index.runs("demo", "build") == tuple(each.run for each in runs[2:])


def test_a_read_only_dashboard_has_no_buttons(dashboard: Dashboard) -> None:
    paths = make_run(dashboard.jobs, FakeRun("build"))
    dashboard.context.is_read_only = True
    assert '<form method="post"' not in dashboard.page(f"/job/demo/build/{paths.run}")
    form = {"form_token": dashboard.context.access.form_token}
    assert dashboard.client.post(f"/stop/demo/build/{paths.run}", data=form).status_code == 403


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/app.css"])
def test_every_answer_confines_its_page(dashboard: Dashboard, path: str) -> None:
    headers = dashboard.client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


def test_followers_are_bounded(dashboard: Dashboard) -> None:
    paths = make_run(dashboard.jobs, FakeRun("build"))
    dashboard.context.streams = 200
    for path in ("/live", f"/follow/demo/build/{paths.run}", f"/raw/demo/build/{paths.run}"):
        assert dashboard.client.get(path).status_code == 503


def test_a_long_query_is_refused(dashboard: Dashboard) -> None:
    assert dashboard.client.get("/?name=" + "x" * 5000).status_code == 414
