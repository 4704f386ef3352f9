"""How clauses of the determination standards and articles of law are shown."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.codes.industries import SECTORS
from accounts.models.enterprises import Feature
from hazards.models import Answer
from hazards.rules.catalogue import GONGMAO, Article, Clause, clause
from hazards.rules.catalogue.numbers import in_chinese
from hazards.rules.provisions import Confidence, Provision

register = template.Library()

_REGULATORS: dict[str, str | Promise] = {
    "emergency": gettext_lazy("emergency management")
}


class Worded(Protocol):
    """What has a wording in both languages."""

    @property
    def zh(self) -> str:
        """The Chinese wording."""

    @property
    def en(self) -> str:
        """The English wording."""


@register.filter
def worded(thing: Worded) -> str:
    """The wording in the reader's language."""
    return thing.zh if _reads_chinese() else thing.en


@register.filter
def clause_number(clause: Clause) -> str:
    """The number of a clause as the reader's language writes it."""
    if _reads_chinese():
        return clause.number_zh
    if clause.article.number:
        return f"Article {clause.number}"
    return f"Item {clause.number}"


@register.filter
def cited_number(cited: Mapping[str, str]) -> str:
    """The number of a clause that a report cites, even of one unknown by now."""
    try:
        return clause_number(clause(cited["code"]))
    except ValueError:
        return cited["number"]


@register.filter
def article_title(article: Article) -> str:
    """The number of an article and what it is about."""
    if not article.number:
        return worded(article)
    if _reads_chinese():
        return f"第{in_chinese(int(article.number))}条 {article.zh}"
    return f"Article {article.number}: {article.en}"


@register.filter
def article_cited(provision: Provision) -> str:
    """Where in its instrument a provision of a clause stands: art. 97(7), item 10."""
    kind, *numbers = provision.key.rpartition("/")[2].split("-")
    first, *item = (int(number) for number in numbers)
    if not _reads_chinese():
        form = "{}-{}" if provision.inserted else "{}({})"
        number = form.format(first, *item) if item else str(first)
        return f"art. {number}" if kind == "art" else f"item {number}"
    article = f"第{in_chinese(first)}{'条' if kind == 'art' else '项'}"
    if item and provision.inserted:
        return f"{article}之{in_chinese(item[0])}"
    return article + (f"第（{in_chinese(item[0])}）项" if item else "")


@register.filter
def short_name(provision: Provision) -> str:
    """The number by which its instrument is known, else its whole name."""
    name = worded(provision.source)
    number = re.search(r"[（(]([^（）()]+)[）)]$", name)
    return number[1] if number else name


@register.inclusion_tag("hazards/standards/_confidence.html")
def confidence_badge(thing: Clause | Provision) -> dict[str, object]:
    """Warn of a text that was not read in a published copy; nothing otherwise."""
    return {"recalled": thing.confidence is Confidence.RECALLED}


@register.inclusion_tag("hazards/reports/_answers.html", takes_context=True)
def checklist_sheet(
    context: template.Context, answers: Sequence[Mapping[str, str]]
) -> dict[str, object]:
    """
    What a version answers to the clauses, from its content: hazards first, then what
    does not apply, then what is fine; beside them what a bureau writes of them.
    """
    shown = (Answer.HAZARD, Answer.NOT_APPLICABLE, Answer.FINE)
    groups = [
        (
            answer.label,
            [
                (clause(row["clause"]), row["reason"])
                for row in answers
                if row["answer"] == answer
            ],
        )
        for answer in shown
    ]
    return {
        "groups": [(label, rows) for label, rows in groups if rows],
        "comments": context.get("comments"),
        "commenting": context.get("commenting"),
    }


@register.filter
def applies_words(clause: Clause) -> list[str]:
    """The sectors and hazard features for which the clause is made, in words."""
    sectors = {sector.key: worded(sector) for sector in SECTORS}
    everybody = {GONGMAO: _("every enterprise of the industry and trade sectors")}
    features = {key: str(label) for key, label in Feature.choices}
    words = {**everybody, **sectors, **features}
    return [word for key, word in words.items() if key in clause.applies_to]


@register.filter
def regulator_words(clause: Clause) -> str:
    """Who judges by the clause."""
    return str(_REGULATORS[clause.standard.regulator])


def _reads_chinese() -> bool:
    return (get_language() or "").startswith("zh")
