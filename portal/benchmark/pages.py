"""The review queue and the report page, against smaller, emptier and counted ones."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Enterprise
from hazards.models import ReportStatus, SelfInspectionReport
from hazards.services import tallies
from portal.benchmark import likeness
from portal.benchmark.copies import (
    FIRST_LABEL,
    Pattern,
    other_rows,
    set_ids_apart,
    write,
    writers,
)
from portal.benchmark.measures import Claim, Outcome, Rate, in_turn, machine, require
from portal.benchmark.places import Servers, Visitor, next_of
from portal.benchmark.sample import (
    Office,
    code_of,
    known_office,
    make_firm,
    make_office,
    quarters,
)
from portal.stack.postgres import APPLICATION

QUARTERS = 5
FULL, FULL_BESIDE = 1_000_000, 1_000
SMALL, SMALL_BESIDE = 800, 80
_MANY = 100_000
_DEEP = 1_000
"""The page said to be deep; the last one where there are fewer."""

Say = Callable[[str], None]
Get = Callable[[], str]


class Queue:
    """A bureau's queue of so many reports in a database of its own, and a reviewer."""

    def __init__(self, servers: Servers, name: str, size: int, mark: str) -> None:
        self.servers, self.name, self.size, self.mark = servers, name, size, mark
        self.office: Office
        self.visitor: Visitor

    def fill(self, say: Say) -> None:
        """Make one enterprise by the services, and all others like it; or find them."""
        self.servers.use(self.name)
        if self.mark and self.servers.mark_of(self.name) == self.mark:
            say(f"Using the {self.size:,} reports that were kept.")
            self.office = known_office()
            return
        say(f"Writing {self.size:,} reports …")
        self._write()
        if self.mark:
            self.servers.mark(self.name, self.mark)

    def _write(self) -> None:
        self.office = make_office()
        with self.servers.postgres.connect(self.name) as superuser:
            set_ids_apart(superuser)
        others = other_rows()
        firm = make_firm(self.office, str(FIRST_LABEL), over=quarters(QUARTERS))
        require(other_rows() == others, "what the services write is copied whole")
        copies = self.size // QUARTERS - 1
        url = self.servers.postgres.url(APPLICATION, self.name)
        write(
            Pattern(firm, count=copies),
            url=url,
            count=partial(self.servers.count, self.name),
        )
        with self.servers.postgres.connect(self.name) as superuser:
            set_ids_apart(superuser, copies=copies)
        # As beat does every minute.
        tallies.fold()
        self.servers.settle(self.name)

    def sample(self) -> list[Enterprise]:
        """Return enterprises from all over the queue."""
        copies = self.size // QUARTERS - 1
        places = range(1, copies + 1, max(copies // likeness.SAMPLED, 1))
        labels = [str(FIRST_LABEL + place) for place in places[: likeness.SAMPLED]]
        return list(
            Enterprise.objects.filter(uscc__in=[code_of(label) for label in labels])
        )


def measure(
    servers: Servers,
    *,
    size: int,
    beside: int,
    rounds: int,
    judged: bool,
    keep: bool,
    say: Say,
) -> Outcome:
    """
    Measure all claims about pages over `size` reports, beside `beside` of them.

    :param keep: leave the databases there, and use what an earlier run left
    :raises FalseResultError: if a page does not show what it should
    """
    with ExitStack() as at_end:
        queues = []
        for short, reports in (("large", size), ("few", beside)):
            mark = f"{reports} reports by {writers()}" if keep else ""
            name = f"benchmark_{short}_kept" if keep else f"benchmark_{short}"
            at_end.enter_context(servers.database(name, mark=mark))
            queues.append(Queue(servers, name, reports, mark))
        outcome = Outcome(
            "pages",
            machine(servers.version),
            {"reports": size, "beside them": beside, "rounds": rounds},
            judged=judged,
        )
        large, few = queues
        for queue in queues:
            queue.fill(say)
            queue.visitor = at_end.enter_context(servers.web(queue.name))
            queue.visitor.sign_in(queue.office.reviewer)
        servers.use(large.name)
        say("Measuring …")
        pages = _checked(large, few, outcome)
        _measure(pages, outcome, rounds=rounds)
        sampled = large.sample()
        difference = likeness.unlike(sampled, large.office, over=QUARTERS)
        if difference and keep:
            servers.mark(large.name, "")
        outcome.check(
            not difference,
            f"{len(sampled)} enterprises are as the services make them{difference}",
        )
    return outcome


def _checked(large: Queue, few: Queue, outcome: Outcome) -> dict[str, Get]:
    """Return what is asked for, once it was seen that the pages show what they say."""
    address = reverse("review-queue")
    waiting = SelfInspectionReport.objects.filter(status=ReportStatus.RECEIVED)
    outcome.check(
        waiting.count() == large.size // QUARTERS * QUARTERS,
        f"{large.size:,} reports wait in one queue",
    )
    outcome.check(
        all(likeness.stands(enterprise) for enterprise in large.sample()),
        "seals and chains of sampled enterprises stand",
    )
    deep, number = _walk(large.visitor, address)
    first = _numbers(waiting, 0)
    outcome.check(
        all(n in large.visitor.get(address) for n in first),
        "the first page shows the longest wait",
    )
    there = _numbers(waiting, number - 1)
    outcome.check(
        all(n in large.visitor.get(deep) for n in there),
        f"page {number:,} shows the reports of its place",
    )
    _check_keyset(deep, large, outcome)
    counted = reverse("benchmark-counted", urlconf="portal.benchmark.urls")
    page = large.visitor.get(counted)
    offset = f"{counted}?page={number}"
    outcome.check(
        all(n in page for n in first)
        and str(waiting.count()) in page
        and all(n in large.visitor.get(offset) for n in there),
        "the counted list shows the same rows, and how many there are",
    )
    report = reverse("report", args=[waiting.latest("id").public_id])
    outcome.check(
        waiting.latest("id").number in large.visitor.get(report),
        "the report page shows the report",
    )
    empty = reverse("benchmark-empty", urlconf="portal.benchmark.urls")
    return {
        f"queue, {large.size:,} reports": lambda: large.visitor.get(address),
        f"queue, {few.size:,} reports": lambda: few.visitor.get(address),
        f"queue, page {number:,}": lambda: large.visitor.get(deep),
        "the same list with COUNT": lambda: large.visitor.get(counted),
        f"the same with COUNT and OFFSET, page {number:,}": (
            lambda: large.visitor.get(offset)
        ),
        "an empty page, signed in": lambda: large.visitor.get(empty),
        "a report's page": lambda: large.visitor.get(report),
    }


def _measure(pages: dict[str, Get], outcome: Outcome, *, rounds: int) -> None:
    for get in pages.values():
        for _ in range(3):
            get()
    done = in_turn(pages, rounds=rounds, times=5)
    rates = [Rate(name, rate, "requests/s") for name, rate in done.items()]
    queue, few, deep, counted, offset, empty, report = rates
    # "At most 1.5 times as long" is said in requests: at least 1 / 1.5 of them.
    outcome.claims += [
        Claim("queue of many by queue of few", queue, few, 1 / 1.5),
        Claim("deep page by first page", deep, queue, 1.0, slack=0.2),
        Claim("deep page by COUNT and OFFSET", deep, offset, 8),
        Claim("queue by empty page", queue, empty, 0.25),
        Claim("report page by empty page", report, empty, 0.2),
    ]
    outcome.beside.append(counted)


def _walk(visitor: Visitor, address: str) -> tuple[str, int]:
    """Follow the link to the next page; return the deep page and its number."""
    path, number = address, 1
    while number < _DEEP:
        following = next_of(visitor.get(path), address)
        if following is None:
            break
        path, number = following, number + 1
    require(number > 1, "the queue has a second page")
    return path, number


def _numbers(
    waiting: "models.QuerySet[SelfInspectionReport]", page: int, size: int = 25
) -> list[str]:
    """Return the numbers of a page's reports."""
    rows = waiting.order_by("received_at", "id").values_list("number", flat=True)
    return list(rows[page * size : (page + 1) * size])


def _check_keyset(path: str, large: Queue, outcome: Outcome) -> None:
    """See in the plan that the page begins at its key and that nothing is sorted."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(large.office.reviewer)
    with CaptureQueriesContext(connection) as captured:
        status = client.get(path, secure=True).status_code
    require(status == 200, f"the deep page is answered ({status})")
    lists = [
        query["sql"]
        for query in captured
        if "hazards_selfinspectionreport" in query["sql"] and "LIMIT 26" in query["sql"]
    ]
    require(len(lists) == 1, "the deep page reads its rows by one query")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {lists[0]}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    by_key = any(
        "Index Cond" in line and "ROW(" in line and "received_at" in line
        for line in plan.splitlines()
    )
    # A few rows are sorted sooner than read in order.
    sorts = "Sort" in plan and large.size >= _MANY
    require(by_key and not sorts, f"the plan begins at the key:\n{plan}")
    outcome.checked.append("a page is found by one comparison of rows in an index")
