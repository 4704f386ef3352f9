"""Whether a page fits a phone and a desk."""

from playwright.sync_api import Page

OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
"""So many px is the page wider than the window."""
SMALL = """[...document.querySelectorAll('button, .btn, input, select, summary')]
  .filter((part) => part.type !== 'hidden' && part.getBoundingClientRect().height > 0)
  .filter((part) => part.getBoundingClientRect().height < 24)
  .map((part) => part.outerHTML)"""
"""Buttons and fields lower than the 24 px that WCAG 2.2 asks for."""


def assert_fits(page: Page) -> None:
    """
    Hold the page that is open to one heading, and to nothing wider than the window or
    too low to press, on a phone and on a desk.
    """
    assert page.locator("h1").count() == 1, page.url
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVERFLOW) <= 0, page.url
        assert page.evaluate(SMALL) == [], page.url
