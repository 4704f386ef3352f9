"""How much a person has to enter to file a quarter, counted on a phone."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page
from pytest_django.live_server_helper import LiveServer

from hazards.models import ReportStatus, SelfInspectionReport
from hazards.rules.quarters import Quarter
from tests.browser.layout import assert_narrow
from tests.browser.test_visits import sign_in
from tests.factories_reports import Desks, make_desks
from tests.hazards.attachments.files import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@dataclass
class Filer:
    """
    A clerk's hands: every control filled, ticked or chosen counts one, and every page
    on which something is entered or stated counts one. Buttons and links do not.
    """

    page: Page
    check: Callable[[Page], None]
    inputs: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    def arrive(self, heading: str) -> None:
        """Begin a page: it fits the phone and has no accessibility fault."""
        self.page.get_by_role("heading", name=heading, level=1).wait_for()
        assert_narrow(self.page)
        self.check(self.page)
        self.pages.append(heading)

    def labelled(self, label: str) -> Locator:
        """The control of that label, whether or not a star says it must be given."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$"))

    def fill(self, label: str, text: str) -> None:
        self.labelled(label).fill(text)
        self.inputs.append(label)

    def tick(self, label: str) -> None:
        self.page.get_by_label(label).check()
        self.inputs.append(label)

    def choose(self, label: str, value: str) -> None:
        self.labelled(label).select_option(value)
        self.inputs.append(label)

    def add_photo(self) -> None:
        self.page.get_by_label("Add photos, or a PDF").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        )
        self.page.locator("[data-photo-list] img").wait_for()
        self.inputs.append("photo")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()


@pytest.fixture
def seats() -> Desks:
    return make_desks(on=timezone.localdate())


@pytest.fixture
def filer(
    phone: Page,
    live_server: LiveServer,
    seats: Desks,
    assert_accessible: Callable[[Page], None],
) -> Filer:
    """The clerk of an enterprise that has never filed, on a phone, in English."""
    sign_in(phone, live_server, seats.clerk)
    phone.goto(live_server.url + reverse("desk"))
    return Filer(phone, assert_accessible)


def a_day() -> dt.date:
    """A day of the quarter of which reports are written today."""
    return Quarter.containing(timezone.localdate()).previous().starts_on


def record_visit(filer: Filer, seats: Desks) -> None:
    filer.follow("Record an inspection")
    filer.arrive("Record an inspection")
    filer.fill("First day", a_day().isoformat())
    filer.fill("Areas and equipment inspected", "Furnace hall, gas alarms")
    for person in (seats.leader, seats.member):
        filer.tick(person.user.full_name)
    filer.press("Save")
    filer.press("Now the quarter’s report")


def answer_checklist(filer: Filer) -> None:
    filer.follow("Open the checklist")
    filer.arrive("Checklist")
    filer.press("Mark everything unanswered as checked and fine")
    filer.page.get_by_text("Saved. Nobody but your enterprise").wait_for()
    filer.page.go_back()
    filer.page.goto(filer.page.url.replace("checklist", "edit"))


def write_words(filer: Filer) -> None:
    filer.fill("What was inspected", "All halls and stores")
    filer.fill("By which standards, and what was left out", "All clauses; nothing")


def send(filer: Filer) -> SelfInspectionReport:
    filer.press("Send to the principal")
    filer.page.get_by_text("It is filed once signed").wait_for()
    report = SelfInspectionReport.objects.get()
    assert report.status == ReportStatus.AWAITING_SIGNATURE
    return report


def describe_hazard(filer: Filer) -> None:
    filer.follow("Describe a hazard")
    filer.arrive("Describe a hazard")
    filer.fill("Find the clause by words or number", "safety contractor")
    clause = filer.page.get_by_label("Clause that describes it")
    assert 2 <= clause.locator("option").count() < 20
    filer.choose("Clause that describes it", "order-10-2023/3(1)")
    filer.fill("At what time", "09:30")
    for label in (
        "Exact place or equipment",
        "What is wrong",
        "How it came about",
        "What harm it can do, and to whom",
        "How hard it is to put right",
    ):
        filer.fill(label, "In words")
    filer.press("Save and go on to the plan")
    filer.arrive("What is done about it")
    filer.add_photo()
    plan = [
        label
        for label in filer.page.locator("label").all_inner_texts()
        if "Plan " in label
    ]
    for label in (
        "Interim measures: what is done until it is eliminated",
        *plan,
        "Person responsible",
    ):
        filer.fill(label, "In words")
    assert len(plan) == 6
    filer.fill("Funds planned, in 万元 (ten thousand yuan)", "1.5")
    filer.fill("To be eliminated by", timezone.localdate().isoformat())
    filer.press("Save and go back to the report")
    filer.page.get_by_role("heading", name="Self-inspection report").wait_for()


def test_nothing_found_is_at_most_twelve_inputs_on_three_pages(
    filer: Filer, seats: Desks
) -> None:
    record_visit(filer, seats)
    filer.arrive("Self-inspection report")
    answer_checklist(filer)
    filer.tick("These inspections found no major accident hazard.")
    write_words(filer)
    report = send(filer)

    assert len(filer.inputs) <= 12, filer.inputs
    assert len(filer.pages) <= 3, filer.pages
    version = report.versions.get()
    assert version.nothing_found
    assert version.checklist.count() > 10


def test_a_hazard_is_at_most_twenty_five_inputs_on_two_pages_more(
    filer: Filer, seats: Desks
) -> None:
    record_visit(filer, seats)
    filer.page.get_by_role("heading", name="Self-inspection report").wait_for()
    inputs, pages = len(filer.inputs), len(filer.pages)

    describe_hazard(filer)

    assert len(filer.inputs) - inputs <= 25, filer.inputs[inputs:]
    assert len(filer.pages) - pages <= 2, filer.pages[pages:]
    assert_narrow(filer.page)
    filer.check(filer.page)
    write_words(filer)
    report = send(filer)
    stated = report.versions.get().stated.get()
    assert stated.hazard.registered_at is not None
    assert stated.clause == "order-10-2023/3(1)"
    assert report.versions.get().photos.count() == 1
    assert stated.plan_emergency == "In words"
