"""
Workers that are killed, told twice, or lose their database, in the midst of delivery:
real processes on servers of their own; the mails are counted where they arrive.
# R1 R4 R6
"""

import os
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from portal.stack import processes
from portal.stack.postgres import Postgres
from portal.stack.servers import Servers, environment_for
from portal.stack.state import ROOT, State
from portal.stack.valkey import Valkey
from tests.clusters import put_cluster
from tests.mail_sink import MailSink, mail_sink
from tests.portal.conftest import SOON, new_state_folder

pytestmark = pytest.mark.servers
MAILS = 400

# The job itself, in a process of its own, as a worker runs it.
WORK = """
import django; django.setup()
from hazards.tasks import deliver_notices
deliver_notices(mails=True)
"""


class Outbox:
    """A database with mails that wait, and the workers that send them."""

    def __init__(self, servers: Servers, sink: MailSink) -> None:
        assert servers.postgres is not None
        self.postgres, self.sink = servers.postgres, sink
        self.environment = {
            **servers.environment,
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(sink.port),
        }

    def fill(self) -> None:
        """Let so many mails wait, to as many people."""
        with self.postgres.connect("portal") as superuser:
            superuser.execute(_FILL, {"many": MAILS, "run": uuid.uuid4().hex})

    def worker(self) -> "subprocess.Popen[bytes]":
        """Start a worker at the job."""
        return subprocess.Popen(  # noqa: S603 (our own words)
            [sys.executable, "-c", WORK], env=self.environment, cwd=ROOT
        )

    def states(self) -> dict[str, int]:
        """How many mails are in which state."""
        with self.postgres.connect("portal") as superuser:
            rows = superuser.execute(
                "SELECT state, count(*) FROM accounts_delivery"
                " WHERE channel = 'email' GROUP BY state"
            ).fetchall()
        return {str(state): int(count) for state, count in rows}

    def let_claims_run_out(self) -> None:
        """As if the minutes had passed."""
        with self.postgres.connect("portal") as superuser:
            superuser.execute(
                "UPDATE accounts_delivery"
                " SET claimed_until = claimed_until - interval '7 minutes',"
                " next_try_at = next_try_at - interval '7 minutes'"
                " WHERE state = 'waiting'"
            )

    def arrived(self) -> Counter[str]:
        """How often each mail arrived."""
        return Counter(str(mail["X-Notice-Key"]) for mail in self.sink.taken)

    def has(self, count: int) -> bool:
        """Wait until so many have arrived."""
        return processes.wait_until(
            lambda: len(self.sink.taken) >= count, seconds=SOON, every=0.001
        )


_FILL = """
    WITH person AS (
        INSERT INTO accounts_user (password, username, full_name, email, language,
            is_active, joined_at, sessions_epoch)
        SELECT '', 'p' || n || %(run)s::text, 'p', 'p' || n || '@plant.example', 'en',
            true, now(), 0
        FROM generate_series(1, %(many)s) n
        RETURNING id, email
    ), notice AS (
        INSERT INTO accounts_notice (public_id, key, kind, recipient_id, language,
            subject, body, path, parameters, at)
        SELECT gen_random_uuid(), 'k' || id || %(run)s::text, 'test', id, 'en', '事',
            '文', '', '{}', now()
        FROM person
        RETURNING id, recipient_id
    )
    INSERT INTO accounts_delivery (notice_id, channel, address, state, attempts,
        next_try_at, error)
    SELECT notice.id, 'email', person.email, 'waiting', 0, now(), ''
    FROM notice JOIN person ON person.id = notice.recipient_id
"""


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with ExitStack() as at_end:
        state = State(at_end.enter_context(new_state_folder()))
        assert state.try_lock()
        put_cluster(state)
        state.make_sockets()
        at_end.callback(state.remove_sockets)
        postgres, valkey = Postgres(state), Valkey(state)
        at_end.callback(postgres.stop)
        postgres.start()
        yield Servers(postgres, None, *environment_for(state, postgres, valkey))


@pytest.fixture
def outbox(servers: Servers) -> Iterator[Outbox]:
    with mail_sink() as sink:
        found = Outbox(servers, sink)
        found.fill()
        yield found
        with found.postgres.connect("portal") as superuser:
            superuser.execute("UPDATE accounts_delivery SET state = 'parked'")


@pytest.mark.parametrize("after", [1, 57, 250])
def test_a_killed_worker_loses_nothing_and_repeats_one_at_most(
    outbox: Outbox, after: int
) -> None:
    worker = outbox.worker()
    assert outbox.has(after)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    # What it had claimed is nobody else's until the claim has run out.
    assert outbox.worker().wait(SOON) == 0
    outbox.let_claims_run_out()
    assert outbox.worker().wait(SOON) == 0

    arrived = outbox.arrived()
    assert len(arrived) == MAILS
    assert sum(arrived.values()) <= MAILS + 1
    assert outbox.states()["sent"] >= MAILS
    repeated = [key for key, times in arrived.items() if times > 1]
    marked = [
        str(mail["X-Notice-Key"]) for mail in outbox.sink.taken if mail["X-Repeat"]
    ]
    assert set(repeated) <= set(marked)
    assert len(marked) <= 1


def test_two_workers_at_one_time_send_each_mail_once(outbox: Outbox) -> None:
    workers = [outbox.worker() for _ in range(3)]
    assert [worker.wait(SOON) for worker in workers] == [0, 0, 0]

    assert Counter(outbox.arrived().values()) == {1: MAILS}


def test_a_restart_of_postgresql_repeats_nothing(outbox: Outbox) -> None:
    worker = outbox.worker()
    assert outbox.has(150)
    server = outbox.postgres.process
    assert server is not None
    # At once, as if it had crashed: what was not on the disk yet is lost.
    os.kill(server.pid, signal.SIGQUIT)
    server.wait(SOON)
    outbox.postgres.start()
    worker.wait(SOON)
    outbox.let_claims_run_out()
    assert outbox.worker().wait(SOON) == 0

    arrived = outbox.arrived()
    assert len(arrived) == MAILS
    assert sum(arrived.values()) <= MAILS + 1
