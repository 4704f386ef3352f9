"""
What `portal.js` promises to a form that saves itself. The page and the server's
answers are written here, so that failures and conflicts come when the test wants them.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TRIAL = """<!doctype html><html lang="en"><head><title>Trial</title>
<script src="/static/portal.js" defer></script></head>
<body data-text-saving="Saving" data-text-saved="Saved" data-text-unsaved="Not yet"
      data-text-stopped="Stopped">
<form method="post" action="/trial/save/" data-autosave>
<input type="hidden" name="revision" value="1">
<input name="scope" aria-label="Scope"><input name="remarks" aria-label="Remarks">
<input type="file" name="photo" aria-label="Photo">
<button name="send" value="1">Send</button>
<p data-autosave-status aria-live="polite"></p></form></body></html>"""

Answer = Callable[[Route], None]


class Server:
    """Gives the answers it was told to give, in turn, and keeps what was asked."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.asked: list[Request] = []
        self.answers: list[Answer] = []
        self.held: list[Route] = []
        page.route(
            "**/trial/",
            lambda route: route.fulfill(body=TRIAL, content_type="text/html"),
        )
        page.route("**/trial/save/", self._answer)

    def _answer(self, route: Route) -> None:
        self.asked.append(route.request)
        if "x-autosave" not in route.request.headers:
            route.fulfill(body="<title>Sent</title>", content_type="text/html")
        elif self.answers:
            self.answers.pop(0)(route)
        else:
            saved(route, revision=len(self.asked) + 1)

    def posted(self, number: int) -> str:
        """The body of a request."""
        return (self.asked[number].post_data_buffer or b"").decode()

    def wait_for(self, number: int) -> None:
        """Return once so many requests came: the page speaks of them before."""
        for _ in range(1000):
            if len(self.asked) >= number:
                return
            self._page.evaluate("0")
        pytest.fail(f"{len(self.asked)} of {number} requests came")


def saved(route: Route, *, revision: int) -> None:
    answer(route, 200, {"revision": revision, "saved_at": f"as {revision}"})


def answer(route: Route, status: int, said: dict[str, Any]) -> None:
    route.fulfill(status=status, body=json.dumps(said), content_type="application/json")


@pytest.fixture
def server(page: Page) -> Server:
    server = Server(page)
    page.goto("/trial/")
    return server


def write(page: Page, field: str, text: str) -> None:
    """Type and leave the field, as a person does."""
    page.get_by_label(field).fill(text)
    page.get_by_label(field).blur()


def test_a_change_posts_the_whole_form_and_takes_the_new_revision(
    page: Page, server: Server
) -> None:
    write(page, "Scope", "炉前区域")

    expect(page.locator("[data-autosave-status]")).to_have_text("Saved as 2")
    expect(page.locator("[name=revision]")).to_have_value("2")
    assert server.asked[0].headers["x-autosave"] == "1"
    assert "炉前区域" in server.posted(0)
    assert 'name="remarks"' in server.posted(0)
    assert 'name="photo"' not in server.posted(0)


def test_a_failure_is_said_and_tried_again_until_it_is_saved(
    page: Page, server: Server
) -> None:
    server.answers = [
        lambda route: route.abort(),
        lambda route: answer(route, 503, {}),
    ]
    status = page.locator("[data-autosave-status]")

    write(page, "Scope", "furnace")

    expect(status).to_have_text("Not yet")
    expect(status).to_have_text("Saved as 4", timeout=10_000)
    assert len(server.asked) == 3


def test_posts_go_one_after_another_each_with_the_newest_revision(
    page: Page, server: Server
) -> None:
    server.answers = [server.held.append]
    write(page, "Scope", "first")
    write(page, "Remarks", "second")
    expect(page.locator("[data-autosave-status]")).to_have_text("Saving")
    server.wait_for(1)
    assert len(server.asked) == 1

    saved(server.held[0], revision=7)

    expect(page.locator("[data-autosave-status]")).to_have_text("Saved as 3")
    assert len(server.asked) == 2
    assert "\r\n\r\n7\r\n" in server.posted(1)


def test_a_conflict_shows_the_sentence_and_nothing_more_goes_by_itself(
    page: Page, server: Server
) -> None:
    server.answers = [lambda route: answer(route, 409, {"message": "Li Na saved."})]
    status = page.locator("[data-autosave-status]")
    write(page, "Scope", "mine")
    expect(status).to_have_text("Li Na saved.")

    write(page, "Remarks", "more")

    expect(status).to_have_attribute("data-state", "stopped")
    assert len(server.asked) == 1


def test_a_button_waits_for_the_post_under_way_and_carries_its_revision(
    page: Page, server: Server
) -> None:
    server.answers = [server.held.append]
    write(page, "Scope", "first")
    expect(page.locator("[data-autosave-status]")).to_have_text("Saving")
    server.wait_for(1)
    page.get_by_role("button", name="Send").click(no_wait_after=True)
    assert len(server.asked) == 1

    saved(server.held[0], revision=9)

    expect(page).to_have_title("Sent")
    assert "revision=9" in server.posted(1) or "\r\n\r\n9\r\n" in server.posted(1)
    assert "send" in server.posted(1)


def test_a_second_click_does_not_send_twice(page: Page, server: Server) -> None:
    page.evaluate("document.querySelector('form').removeAttribute('data-autosave')")
    page.evaluate(
        "() => { const b = document.querySelector('button'); b.click(); b.click(); }"
    )

    expect(page).to_have_title("Sent")
    assert len(server.asked) == 1
