"""The words of a digest in each language, with tokens that the database fills in."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

# In braces, so that no translation can use one by accident.
TOKENS = {
    "enterprise": "{enterprise}",
    "period": "{period}",
    "due": "{due}",
    "days": "{days}",
    "count": "{count}",
    "name": "{name}",
    "year": "{year}",
    "number": "{number}",
    "hazard": "{hazard}",
}


def words() -> dict[str, dict[str, object]]:
    """By language: subject, opening, closing, and the lines of each kind."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = {
                # As people say a quarter, like everywhere on the pages.
                "quarter": _("%(year)s Q%(number)s") % TOKENS,
                "subject": _("Reminders: %(count)s") % TOKENS,
                "opening": _("Dear %(name)s, as the record stands today:") % TOKENS,
                "closing": _(
                    "One message a day, and no more once it is done. You choose on "
                    "your profile page what you are reminded of."
                ),
                **_kinds(),
                **_of_hazards(),
            }
    return found


def _kinds() -> dict[str, object]:
    """
    Per kind: about one enterprise, about one whose report waits for the principal's
    signature, about several at once.
    """
    return {
        "quarter_before": {
            "one": _(
                "%(enterprise)s: the report of %(period)s is due on %(due)s, in "
                "%(days)s days. The bureau has not received it yet."
            )
            % TOKENS,
            "waiting": _(
                "%(enterprise)s: the report of %(period)s waits for the principal's "
                "signature; it is due on %(due)s, in %(days)s days."
            )
            % TOKENS,
            "many": _(
                "%(count)s enterprises: the report of %(period)s is due on %(due)s, in "
                "%(days)s days, and has not been received yet."
            )
            % TOKENS,
        },
        "quarter_after": {
            "one": _(
                "%(enterprise)s: no report of %(period)s with an inspection by the "
                "internal team was received by %(due)s, %(days)s days ago. Suspected "
                "of not being inspected or reported, to be verified (circular "
                "应急〔2025〕11号, item 10). Reporting late still counts for what is "
                "found later: report now, or ask your bureau."
            )
            % TOKENS,
            "waiting": _(
                "%(enterprise)s: the report of %(period)s waits for the principal's "
                "signature and was due on %(due)s, %(days)s days ago. Suspected of not "
                "being reported, to be verified (circular 应急〔2025〕11号, item 10). "
                "Sign it now, or let the team leader lodge it unsigned."
            )
            % TOKENS,
            "many": _(
                "%(count)s enterprises: no report of %(period)s with an inspection by "
                "the internal team was received by %(due)s, %(days)s days ago. "
                "Suspected, to be verified (circular 应急〔2025〕11号, item 10)."
            )
            % TOKENS,
        },
        "participation_before": _participation(
            _(
                "%(enterprise)s: no received report shows that the principal took part "
                "in an inspection in %(period)s. Once a year is asked for (circular "
                "应急〔2025〕11号, item 10): take part in an inspection by 31 "
                "December."
            ),
            _(
                "%(count)s enterprises: no received report shows that the principal "
                "took part in an inspection in %(period)s."
            ),
        ),
        "participation_provisional": _participation(
            _(
                "%(enterprise)s: %(period)s is over and no received report shows that "
                "the principal took part in an inspection. Provisional, to be verified "
                "until %(due)s: if the principal did, report that inspection with the "
                "fourth quarter."
            ),
            _(
                "%(count)s enterprises: %(period)s is over and no received report "
                "shows that the principal took part in an inspection. Provisional "
                "until %(due)s."
            ),
        ),
        "participation_after": _participation(
            _(
                "%(enterprise)s: no received report shows that the principal took part "
                "in an inspection in %(period)s. Suspected, to be verified (circular "
                "应急〔2025〕11号, item 10). Only a record of an inspection held in "
                "that year clears it: report it, or ask your bureau."
            ),
            _(
                "%(count)s enterprises: no received report shows that the principal "
                "took part in an inspection in %(period)s. Suspected, to be verified."
            ),
        ),
    }


def _participation(one: str, many: str) -> dict[str, str]:
    return {"one": one % TOKENS, "waiting": one % TOKENS, "many": many % TOKENS}


def _of_hazards() -> dict[str, object]:
    """Per kind: about one hazard, about several with one day."""
    return {
        "hazard_before": _hazard(
            _(
                "%(enterprise)s: the major hazard %(hazard)s is to be eliminated by "
                "%(due)s, in %(days)s days. Record what was done; if it will not be "
                "done in time, ask for more time by that day."
            ),
            _(
                "%(count)s major hazards (%(hazard)s) are to be eliminated by %(due)s, "
                "in %(days)s days. Where it will not be done in time, ask for more "
                "time by that day."
            ),
        ),
        "hazard_after": _hazard(
            _(
                "%(enterprise)s: the deadline of the major hazard %(hazard)s was "
                "%(due)s, %(days)s days ago. It stays on the books until it is "
                "eliminated and closed: keep the interim measures, and record what is "
                "done."
            ),
            _(
                "%(count)s major hazards (%(hazard)s): the deadline was %(due)s, "
                "%(days)s days ago. They stay on the books until they are eliminated "
                "and closed."
            ),
        ),
        "hazard_plan": _hazard(
            _(
                "%(enterprise)s: the major hazard %(hazard)s was reported on %(due)s, "
                "%(days)s days ago, and no plan with all six elements and a deadline "
                "was received (Order 16, art. 15). Complete the plan and let the "
                "principal sign it."
            ),
            _(
                "%(count)s major hazards (%(hazard)s) were reported on %(due)s, "
                "%(days)s days ago, and no complete plan was received (Order 16, "
                "art. 15)."
            ),
        ),
        "hazard_acceptance": _hazard(
            _(
                "%(enterprise)s: the acceptance of the major hazard %(hazard)s waits "
                "for you since %(due)s, %(days)s days. Confirm it, or give it back "
                "with the reason."
            ),
            _(
                "%(count)s acceptances of major hazards (%(hazard)s) wait for you "
                "since %(due)s, %(days)s days."
            ),
        ),
        **dict.fromkeys(
            ("hazard_extension", "hazard_extension_own"),
            _hazard(
                _(
                    "%(enterprise)s: more time was asked for to eliminate the major "
                    "hazard %(hazard)s. An answer was due by %(due)s, %(days)s days "
                    "ago: approve or refuse it. Until then the old deadline holds."
                ),
                _(
                    "%(count)s requests for more time (%(hazard)s) were to be answered "
                    "by %(due)s, %(days)s days ago."
                ),
            ),
        ),
        "hazard_recheck": _hazard(
            _(
                "%(enterprise)s: the re-check of the major hazard %(hazard)s was due "
                "by %(due)s, %(days)s days ago (Order 16, art. 23). Let two officers "
                "look on site and record the result."
            ),
            _(
                "%(count)s re-checks of major hazards (%(hazard)s) were due by "
                "%(due)s, %(days)s days ago (Order 16, art. 23)."
            ),
        ),
    }


def _hazard(one: str, many: str) -> dict[str, str]:
    return {"one": one % TOKENS, "many": many % TOKENS}
