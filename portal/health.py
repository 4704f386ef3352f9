"""
Whether this portal works: /healthz asks every part, /livez only this process.

Answered before any other middleware, so that neither needs a session, a signed-in
person, an allowed host name or a database that answers. Neither tells versions or
addresses. Connections are made for the one question, with short timeouts and no retry.
"""

import datetime as dt
import logging
from collections.abc import Callable

import psycopg
import redis
from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from hazards.queries.vitals import OVERDUE, heads_missing_days
from hazards.rules.deadlines import SHANGHAI

logger = logging.getLogger(__name__)

DATABASE_SECONDS = 2
BROKER_SECONDS = 2
DUE_LATE = dt.timedelta(minutes=15)
"""How long what is due may wait for the clock."""
HEADS_LATE_DAYS = 1
"""Days without a file of chain heads that are no fault yet: today's may still come."""
FEW = 100
"""Duties, the longest due first, of which one is the oldest."""
OK, FAILED, UNKNOWN = "ok", "failed", "unknown"

type_of_next = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers the two addresses of health, and passes on everything else."""

    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass the request on."""
        match request.path_info:
            case "/livez":
                response = HttpResponse("ok\n", content_type="text/plain")
            case "/healthz":
                response = _health(at=timezone.now())
            case _:
                return self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response


def _health(*, at: dt.datetime) -> JsonResponse:
    parts = dict.fromkeys(("database", "broker", "worker", "beat", "clock"), UNKNOWN)
    parts["heads"] = _heads(at=at)
    heartbeat = None
    waiting = None
    try:
        heartbeat, overdue_since = _asked(at=at)
        parts["database"] = OK
        parts["clock"] = _clock(overdue_since, at=at)
    except psycopg.Error as error:
        parts["database"] = FAILED
        logger.warning(
            "Health: the database does not answer (%s)", type(error).__name__
        )
    try:
        waiting = _waiting_jobs()
        parts["broker"] = OK
    except redis.RedisError as error:
        parts["broker"] = FAILED
        logger.warning("Health: the broker does not answer (%s)", type(error).__name__)
    if parts["database"] == OK and waiting is not None:
        parts |= _judge(heartbeat, waiting, at=at)
    failed = [name for name, state in parts.items() if state == FAILED]
    return JsonResponse(
        {"status": FAILED if failed else OK, "parts": parts},
        status=503 if failed else 200,
    )


def _judge(
    heartbeat: tuple[dt.datetime, dt.datetime] | None, waiting: int, *, at: dt.datetime
) -> dict[str, str]:
    """Judge worker and beat by the last heartbeat that came through.

    Where none came through lately, one of the two is at fault: jobs that lie waiting
    tell that nobody works, an empty queue that nobody sends.
    """
    late = dt.timedelta(seconds=settings.HEARTBEAT_LATE_SECONDS)
    if heartbeat is not None:
        sent_at, written_at = heartbeat
        if at - sent_at <= late:
            return {"worker": OK, "beat": OK}
        if at - written_at <= late:
            return {"worker": FAILED, "beat": UNKNOWN}  # far behind
    if waiting:
        return {"worker": FAILED, "beat": UNKNOWN}
    return {"worker": UNKNOWN, "beat": FAILED}


def _clock(overdue_since: dt.datetime | None, *, at: dt.datetime) -> str:
    """Whether what is due is moved, but for the last while."""
    is_late = overdue_since is not None and overdue_since < at - DUE_LATE
    return FAILED if is_late else OK


def _heads(*, at: dt.datetime) -> str:
    """Whether the day's file of chain heads is there, or yesterday's is."""
    on = at.astimezone(SHANGHAI).date()
    try:
        missing = heads_missing_days(on=on, folder=settings.HEADS_DIR)
    except OSError as error:
        logger.warning(
            "Health: the heads cannot be looked at (%s)", type(error).__name__
        )
        return FAILED
    if missing is None:
        return UNKNOWN
    return FAILED if missing > HEADS_LATE_DAYS else OK


def _asked(
    *, at: dt.datetime
) -> tuple[tuple[dt.datetime, dt.datetime] | None, dt.datetime | None]:
    """Ask for the last heartbeat, and since when something due waits for the clock."""
    parameters = connections["default"].get_connection_params()
    parameters = {
        name: value
        for name, value in parameters.items()
        if name not in ("cursor_factory", "context", "prepare_threshold")
    }
    parameters["connect_timeout"] = DATABASE_SECONDS
    with psycopg.connect(**parameters, autocommit=True) as connection:
        connection.execute(f"SET statement_timeout = '{DATABASE_SECONDS}s'")
        heartbeat = connection.execute(
            "SELECT sent_at, written_at FROM portal_heartbeat WHERE id = 1"
        ).fetchone()
        overdue = connection.execute(OVERDUE, {"at": at, "most": FEW}).fetchone()
        return heartbeat, overdue[1] if overdue else None


def _waiting_jobs() -> int:
    """Ask the broker how many jobs wait in the queue."""
    client = redis.Redis.from_url(
        settings.REDIS_URL.replace("redis+socket://", "unix://"),
        socket_timeout=BROKER_SECONDS,
        socket_connect_timeout=BROKER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return int(client.llen(settings.CELERY_TASK_DEFAULT_QUEUE))
    finally:
        client.close()
