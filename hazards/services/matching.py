"""
Whether what was found is a hazard that the enterprise has on record: an officer answers
for each candidate; that it is none of them counts once a second person agrees.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from hazards.models import (
    Finding,
    FindingMatch,
    MatchAnswer,
    MatchSecond,
    MatchVerdict,
)
from hazards.permissions.findings import may_match, may_second
from hazards.queries.candidates import Candidate, Candidates, candidates
from hazards.services.findings import locked, note_inside

_ANSWERS = frozenset(MatchVerdict) - {MatchVerdict.NONE}

Answer = tuple[uuid.UUID, str, str]
"""A hazard (its public id), the verdict on it, a note."""

Given = dict[uuid.UUID, tuple[MatchVerdict, str]]
"""The verdict on every candidate and the note to it, by hazard."""


@dataclass(frozen=True)
class _Outcome:
    verdict: MatchVerdict
    candidate: Candidate | None = None


def match(
    *,
    finding_id: int,
    answers: Sequence[Answer],
    note: str,
    by: Acting,
    at: dt.datetime,
    seen: str | None = None,
) -> FindingMatch:
    """
    Put a comparison on record: an answer for each candidate that is shown in full at
    least; those of the list below that have none are different. The latest counts; the
    same form, sent twice, is one comparison.

    :param seen: which candidates the page laid out (`Candidates.seen`)
    :raises NotPermittedError: if the person is no officer of the check, or the case is
        decided
    :raises RefusedError: if no reason is given, an answer is missing, two are the
        same, or the enterprise's record is another than was seen
    """
    if not note.strip():
        raise RefusedError(_("Say why: who decides, and a court, read it."))
    with transaction.atomic():
        finding = locked(finding_id)
        may_match(by, finding).require()
        laid_out = candidates(finding)
        if seen is not None and seen != laid_out.seen:
            raise RefusedError(
                _(
                    "The enterprise's record has changed since the page was opened: "
                    "look at the candidates again."
                )
            )
        given = _given(answers, laid_out)
        outcome = _outcome(given, laid_out)
        considered = laid_out.considered()
        before = finding.matches.order_by("id").last()
        if (
            before is not None
            and before.considered == considered
            and _is_again(before, given, note=note.strip(), by=by)
        ):
            return before
        made = FindingMatch.objects.create(
            finding=finding,
            at=at,
            by=by.membership,
            verdict=outcome.verdict,
            hazard=outcome.candidate.hazard if outcome.candidate else None,
            general=outcome.candidate.general if outcome.candidate else None,
            note=note.strip(),
            considered=considered,
        )
        MatchAnswer.objects.bulk_create(
            MatchAnswer(
                match=made,
                hazard=each.hazard,
                general=each.general,
                rank=each.rank,
                verdict=given[each.record.public_id][0],
                note=given[each.record.public_id][1],
            )
            for each in laid_out.all
        )
        _note("match-finding", finding, made, by=by, at=at, note=made.note)
    return made


def second(
    *, match_id: int, agrees: bool, note: str, by: Acting, at: dt.datetime
) -> MatchSecond:
    """
    Say the second word on "nothing on record is this hazard". Who disagrees leaves the
    comparison undecided until it is made anew.

    :raises NotPermittedError: if the person made it, is not of the bureau, was ever of
        the enterprise, or no word is asked for
    :raises RefusedError: if no reason is given
    """
    if not note.strip():
        raise RefusedError(_("Say what you looked at, and why you agree or not."))
    with transaction.atomic():
        made = FindingMatch.objects.get(pk=match_id)
        made.finding = locked(made.finding_id)
        may_second(by, made).require()
        said = MatchSecond.objects.create(
            match=made, agrees=agrees, note=note.strip(), by=by.membership, at=at
        )
        _note("second-match", made.finding, made, by=by, at=at, note=said.note)
    return said


def _given(answers: Sequence[Answer], laid_out: Candidates) -> Given:
    """
    The answers by hazard. Each candidate shown in full was answered; one of the list
    that was not is another hazard.
    """
    known = {each.record.public_id for each in laid_out.all}
    given = {}
    for hazard_id, verdict, note in answers:
        if hazard_id not in known or verdict not in _ANSWERS:
            raise RefusedError(
                _("One of the answers is about no candidate: open the page again.")
            )
        given[hazard_id] = (MatchVerdict(verdict), note.strip())
    if any(each.record.public_id not in given for each in laid_out.in_full):
        raise RefusedError(
            _("Answer for each hazard shown: same, part, different or unclear.")
        )
    return {key: given.get(key, (MatchVerdict.DIFFERENT, "")) for key in known}


def _is_again(before: FindingMatch, given: Given, *, note: str, by: Acting) -> bool:
    """
    Whether it is the comparison before it, of the same record, sent twice; disagreed
    with, it is not.
    """
    if (before.by_id, before.note) != (by.membership.pk, note):
        return False
    if MatchSecond.objects.filter(match=before, agrees=False).exists():
        return False
    return given == {
        answer.record.public_id: (answer.verdict, answer.note)
        for answer in before.answers.select_related("hazard", "general")
    }


def _outcome(given: Given, laid_out: Candidates) -> _Outcome:
    """What the answers come to, in the order in which the candidates stand."""
    if not laid_out.all:
        return _Outcome(MatchVerdict.NONE)
    said: dict[MatchVerdict, list[Candidate]] = {}
    for each in laid_out.all:
        verdict, _said_of_it = given[each.record.public_id]
        said.setdefault(verdict, []).append(each)
    if len(said.get(MatchVerdict.SAME, ())) > 1:
        raise RefusedError(
            _(
                "Two hazards cannot both be the same as one finding: choose the one it "
                "is, and answer “part” or “unclear” for the other."
            )
        )
    for verdict in (MatchVerdict.SAME, MatchVerdict.PART):
        if verdict in said:
            return _Outcome(verdict, said[verdict][0])
    if MatchVerdict.UNCLEAR in said:
        return _Outcome(MatchVerdict.UNCLEAR)
    return _Outcome(MatchVerdict.DIFFERENT)


def _note(
    action: str,
    finding: Finding,
    made: FindingMatch,
    *,
    by: Acting,
    at: dt.datetime,
    note: str,
) -> None:
    parameters = {"verdict": made.verdict}
    note_inside(action, finding, by=by, at=at, note=note, parameters=parameters)
