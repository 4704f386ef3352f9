"""
What a monitoring system reads at /metrics: how the clock and its messages are, in the
form of Prometheus. Answered before any other middleware, like /healthz, and only to
whoever sends the token of METRICS_TOKEN; without one there is no such page.

Everything is read from the database when it is asked for, as several processes answer;
no count goes beyond `COUNTED_UP_TO` rows, so that asking costs the same on any day.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hazards.queries.clock import database_now
from hazards.queries.vitals import COUNTED_UP_TO, Vitals, vitals
from portal.models import Heartbeat

BEARER = "Bearer "

type_of_next = Callable[[HttpRequest], HttpResponse]


class MetricsMiddleware:
    """Answers /metrics, and passes on everything else."""

    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass the request on."""
        if request.path_info != "/metrics" or not settings.METRICS_TOKEN:
            return self.get_response(request)
        if not _has_token(request):
            response = HttpResponse("A token is needed.\n", "text/plain", status=401)
            response["WWW-Authenticate"] = "Bearer"
        else:
            response = HttpResponse(_text(), CONTENT_TYPE_LATEST)
        response["Cache-Control"] = "no-store"
        return response


def _has_token(request: HttpRequest) -> bool:
    """Compare in a time that tells nothing of the token."""
    said = request.headers.get("Authorization", "")
    token = said.removeprefix(BEARER) if said.startswith(BEARER) else ""
    return secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())


def _text() -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Vitals(at=database_now()))
    return generate_latest(registry)


class _Vitals(Collector):
    """The gauges as they are at the instant."""

    def __init__(self, *, at: dt.datetime) -> None:
        self._at = at

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: that would read the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Read, and name."""
        at, found = self._at, vitals(at=self._at)
        for name, words, value in (*_of_clock(found, at), *_of_messages(found, at)):
            if value is not None:
                yield GaugeMetricFamily(f"portal_{name}", words, value=value)
        heartbeat = Heartbeat.objects.latest_one().first()
        if heartbeat is not None:
            yield GaugeMetricFamily(
                "portal_heartbeat_age_seconds",
                "Since beat sent the last sign of life that a worker wrote down.",
                value=_age(heartbeat.sent_at, at),
            )


_Gauge = tuple[str, str, float | None]
_UP_TO = f"(counted up to {COUNTED_UP_TO})"


def _of_clock(found: Vitals, at: dt.datetime) -> Iterator[_Gauge]:
    run, check = found.last_run, found.last_self_check
    finished = run.finished_at.timestamp() if run and run.finished_at else None
    yield (
        "clock_last_run_timestamp_seconds",
        "When a run of the clock that had something to do ended.",
        finished,
    )
    yield (
        "clock_last_run_rows_moved",
        "Duties moved by that run.",
        run.moved if run else None,
    )
    yield (
        "clock_rows_moved_in_a_day",
        "Duties moved by the runs of the last 24 hours.",
        found.moved_in_a_day,
    )
    yield (
        "clock_runs_cut_short",
        "Runs among the latest that will not finish any more.",
        found.cut_short,
    )
    yield (
        "clock_due_unmoved",
        f"Duties that are due and not moved {_UP_TO}.",
        found.unmoved,
    )
    yield (
        "clock_due_unmoved_oldest_age_seconds",
        "Since when the oldest of them is; 0 = there is none.",
        _age(found.unmoved_since, at),
    )
    yield "clock_faults", f"What a step has set aside {_UP_TO}.", found.faults
    yield (
        "clock_drifts",
        "What stood otherwise than the rules say in the last self-check.",
        found.drifts,
    )
    yield (
        "clock_self_check_timestamp_seconds",
        "When the last self-check ended.",
        check.finished_at.timestamp() if check and check.finished_at else None,
    )
    yield (
        "heads_missing_days",
        "Days since the last file of chain heads; absent where none is written.",
        found.heads_missing_days,
    )


def _of_messages(found: Vitals, at: dt.datetime) -> Iterator[_Gauge]:
    yield (
        "reminders_waiting",
        f"Lines that wait for the next digest {_UP_TO}.",
        found.lines_waiting,
    )
    yield (
        "reminders_parked",
        "Reminders that wait for an operator's decision.",
        found.lines_parked,
    )
    yield (
        "deliveries_waiting",
        f"Messages that wait to leave {_UP_TO}.",
        found.deliveries_waiting,
    )
    yield (
        "deliveries_oldest_age_seconds",
        "Age of the message whose turn is next; 0 = none waits.",
        _age(found.deliveries_since, at),
    )
    yield (
        "deliveries_given_up",
        f"Messages that were given up {_UP_TO}.",
        found.deliveries_given_up,
    )


def _age(since: dt.datetime | None, at: dt.datetime) -> float:
    return max((at - since).total_seconds(), 0) if since else 0
