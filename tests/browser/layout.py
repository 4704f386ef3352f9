"""Going on to another page, and whether a page fits a phone and a desk."""

from playwright.sync_api import Locator, Page

_OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
"""So many px is the page wider than the window."""
SMALL = """[...document.querySelectorAll('button, .btn, input, select, summary')]
  .filter((part) => part.type !== 'hidden' && part.getBoundingClientRect().height > 0)
  .filter((part) => part.getBoundingClientRect().height < 24)
  .map((part) => part.outerHTML)"""
"""Buttons and fields lower than the 24 px that WCAG 2.2 asks for."""


def go_on(button: Locator) -> None:
    """Press what leads to another page, and wait until that one is there."""
    with button.page.expect_navigation():
        button.click()


def assert_narrow(page: Page) -> None:
    """Hold the page that is open, or on its way, to nothing wider than the window."""
    # Between two documents there is none that could be measured.
    page.wait_for_load_state()
    assert page.evaluate(_OVERFLOW) <= 0, page.url


def assert_fits(page: Page) -> None:
    """
    Hold the page that is open to one heading, and to nothing wider than the window or
    too low to press, on a phone and on a desk.
    """
    assert page.locator("h1").count() == 1, page.url
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert_narrow(page)
        assert page.evaluate(SMALL) == [], page.url
