"""Mails out of the outbox, beside ready-made mails over one bare connection."""

import datetime as dt
import multiprocessing
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.channels.mail import Mail
from accounts.models import Delivery, DeliveryState, User
from accounts.services import deliveries, letters, notices
from portal.benchmark.measures import Claim, Outcome, Rate, machine, require
from portal.benchmark.places import Servers
from portal.stack import processes
from portal.stack.state import ROOT

FULL, SMALL = 1_500, 90
"""Mails in each round, on each side."""
WORKERS = 2
_NOTHING_WAITS = 600.0

Say = Callable[[str], None]


class MailServer:
    """The process that takes the mails."""

    def __init__(self, port: int) -> None:
        self.port = port

    def use(self) -> None:
        """Let this process's mails go there."""
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", self.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = False

    def count(self) -> tuple[int, int]:
        """How many mails it took since last asked, and how many keys they had."""
        with smtplib.SMTP("127.0.0.1", self.port) as asked:
            _code, said = asked.docmd("XCOUNT")
        taken, keys = said.split()
        return int(taken), int(keys)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server for the time of the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "portal.benchmark.mail_server"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    ) as process:
        try:
            require(process.stdout, "the mail server says its port")
            yield MailServer(int(process.stdout.readline()))  # type: ignore[union-attr]
        finally:
            processes.stop(process)  # type: ignore[arg-type]


class Outbox:
    """Notices in a database of their own, each round to the same people."""

    def __init__(self, servers: Servers, name: str, *, people: int) -> None:
        self.servers, self.name, self.people = servers, name, people
        self._round = 0

    def open(self) -> None:
        """Make the people."""
        self.servers.use(self.name)
        at = _now()
        User.objects.bulk_create(
            User(
                username=f"person-{number}",
                full_name=f"张{number}",
                email=f"person{number}@enterprise.example",
                joined_at=at,
            )
            for number in range(self.people)
        )

    def fill(self) -> None:
        """Tell all of them something, as the portal does."""
        self._round += 1
        notices.tell(
            kind="membership_ended",
            cause=f"round {self._round}",
            recipients=User.objects.order_by("id"),
            at=_now(),
            path="/notices/",
            parameters={
                "organisation": "开原市第一铸造有限公司",
                "role": "clerk",
                "ends_on": "2026-11-22",
            },
        )
        self.servers.settle(self.name)

    def ready_made(self) -> list[tuple[str, bytes]]:
        """Return the same mails, written beforehand."""
        writer = Mail()
        rows = Delivery.objects.filter(state=DeliveryState.WAITING)
        return [
            (
                row.address,
                writer.written(letters.written(row, row.notice.body), to=row.address),
            )
            for row in rows.select_related("notice", "via").order_by("id")
        ]


def measure(
    servers: Servers, *, size: int, rounds: int, judged: bool, say: Say
) -> Outcome:
    """
    Measure all claims about delivery, over `size` mails a round on each side.

    :raises FalseResultError: if a mail is lost, sent twice or not marked
    """
    outcome = Outcome(
        "delivery",
        machine(servers.version),
        {"mails a round": size, "workers": WORKERS, "rounds": rounds},
        judged=judged,
    )
    with mail_server() as server, servers.database("outbox") as name:
        server.use()
        outbox = Outbox(servers, name, people=size)
        outbox.open()
        spent: dict[str, list[float]] = {"bare": [], "one": [], "two": []}
        say(f"Measuring: {size:,} mails a round, three ways …")
        for number in range(rounds):
            sides = ["bare", "one", "two"]
            first = number % len(sides)
            for side in sides[first:] + sides[:first]:
                outbox.fill()
                spent[side].append(_seconds(side, outbox, server))
                taken = server.count()
                require(taken == (size, size), f"{side}: {taken} of {size} arrived")
                _require_marked(outbox, side)
        outcome.check(
            not Delivery.objects.exclude(state=DeliveryState.SENT).exists(),
            f"{3 * rounds * size:,} mails: each arrived once and is marked as sent",
        )
    _claim(outcome, {side: size / median(took) for side, took in spent.items()})
    return outcome


def _seconds(side: str, outbox: Outbox, server: MailServer) -> float:
    if side == "bare":
        mails = outbox.ready_made()
        with smtplib.SMTP("127.0.0.1", server.port) as connected:
            began = time.perf_counter()
            for address, mail in mails:
                connected.sendmail("portal@localhost", [address], mail)
            return time.perf_counter() - began
    return _seconds_of_workers(outbox, server, 1 if side == "one" else WORKERS)


def _seconds_of_workers(outbox: Outbox, server: MailServer, count: int) -> float:
    """Let so many processes drain the outbox, all beginning at one signal."""
    connection.close()
    forked = multiprocessing.get_context("fork")
    barrier = forked.Barrier(count + 1)
    workers = [
        forked.Process(target=_work, args=(outbox, server, barrier))
        for _ in range(count)
    ]
    for worker in workers:
        worker.start()
    barrier.wait(60)
    began = time.perf_counter()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - began
    require(all(worker.exitcode == 0 for worker in workers), "every worker ends well")
    outbox.servers.use(outbox.name)
    return seconds


def _work(outbox: Outbox, server: MailServer, barrier: Any) -> None:
    """What the job does, in a process of its own."""
    outbox.servers.use(outbox.name)
    connection.ensure_connection()
    server.use()
    barrier.wait(60)
    deliveries.drain(channels=deliveries.MAILED, clock=_now, seconds=_NOTHING_WAITS)
    connection.close()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _require_marked(outbox: Outbox, side: str) -> None:
    """The bare side marks nothing: that is done for it, untimed."""
    outbox.servers.use(outbox.name)
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
    if side == "bare":
        waiting.update(state=DeliveryState.SENT, sent_at=_now())
    require(not waiting.exists(), f"{side}: nothing is left waiting")


def _claim(outcome: Outcome, rates: dict[str, float]) -> None:
    bare, one, two = (
        Rate(name, rates[side], "mails/s")
        for side, name in (
            ("bare", "ready-made mails over one bare SMTP connection"),
            ("one", "out of the outbox by one worker process, bookkeeping included"),
            ("two", "out of the outbox by two worker processes"),
        )
    )
    outcome.claims += [
        Claim("the outbox by a bare connection", one, bare, 0.5),
        Claim("two workers by one", two, one, 1.0),
    ]
