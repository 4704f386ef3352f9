"""Clauses to choose from, in the reader's words."""

from collections.abc import Iterable

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from hazards.forms.hazards import ClauseGroups, ClauseOption
from hazards.queries.standards import FoundClauses, StandardClauses
from hazards.rules import catalogue
from hazards.templatetags.standards import article_title, clause_number, worded

LABEL_LENGTH = 60


def clause_groups(
    found: FoundClauses, *, keep: Iterable[str] = (), applying: str = ""
) -> ClauseGroups:
    """
    The clauses found, under their articles, what applies to the enterprise first;
    those to keep are there even if they were not found or are out of force.

    :param applying: what the first are called to somebody who is not of the enterprise
    """
    groups = [
        *_groups(found.applying, applying or _("Applies to you")),
        *_groups(found.others, ""),
    ]
    there = {option.code for _heading, group in groups for option in group}
    kept = [
        _option(catalogue.CLAUSES[code])
        for code in keep
        if code in catalogue.CLAUSES and code not in there
    ]
    return [(_("Chosen"), kept), *groups] if kept else groups


def _groups(
    standards: Iterable[StandardClauses], prefix: str
) -> list[tuple[str, list[ClauseOption]]]:
    groups = []
    for standard in standards:
        for article in standard.articles:
            title = article_title(article.article)
            named = title or worded(standard.standard)
            heading = f"{prefix} · {named}" if prefix else named
            groups.append((heading, [_option(each) for each in article.clauses]))
    return groups


def _option(clause: catalogue.Clause) -> ClauseOption:
    said = Truncator(worded(clause)).chars(LABEL_LENGTH)
    return ClauseOption(
        code=clause.code,
        label=f"{clause_number(clause)} {said}",
        text=clause.zh,
        words=" ".join(
            (clause.number, clause.number_zh, clause.zh, clause.en, clause.article.zh)
        ),
    )
