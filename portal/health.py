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

logger = logging.getLogger(__name__)

DATABASE_SECONDS = 2
BROKER_SECONDS = 2
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
    parts = dict.fromkeys(("database", "broker", "worker", "beat"), UNKNOWN)
    heartbeat = None
    waiting = None
    try:
        heartbeat = _last_heartbeat()
        parts["database"] = OK
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


def _last_heartbeat() -> tuple[dt.datetime, dt.datetime] | None:
    parameters = connections["default"].get_connection_params()
    parameters = {
        name: value
        for name, value in parameters.items()
        if name not in ("cursor_factory", "context", "prepare_threshold")
    }
    parameters["connect_timeout"] = DATABASE_SECONDS
    with psycopg.connect(**parameters, autocommit=True) as connection:
        connection.execute(f"SET statement_timeout = '{DATABASE_SECONDS}s'")
        return connection.execute(
            "SELECT sent_at, written_at FROM portal_heartbeat WHERE id = 1"
        ).fetchone()


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
