"""What an enterprise does about a major hazard, each kind of act with its page."""

from django.utils.translation import gettext_lazy as _

from hazards.forms.rectification import ProgressForm, TellingForm
from hazards.models import HazardActKind
from hazards.services import progress, tellings
from hazards.views.act_pages import ActPage

ENTERPRISE_ACTS: tuple[ActPage, ...] = (
    ActPage(
        kind=HazardActKind.PROGRESS,
        form=ProgressForm,
        act=progress.record,
        title=_("Record progress"),
        lead=_(
            "What was done, with photos before and after: it shows that effective "
            "measures are under way."
        ),
        submit=_("Record progress"),
        tells=_(
            "Goes on record with the server's time and stays as it is; your bureau "
            "sees it on the hazard's page."
        ),
        done=_("On record."),
        provisions=("order-16/art-15", "order-16/art-16"),
    ),
    ActPage(
        kind=HazardActKind.TELL,
        form=TellingForm,
        act=tellings.record,
        title=_("Record who was told"),
        lead=_(
            "A major hazard is told to the workers, and reported to the workers’ "
            "congress as it is to the bureau."
        ),
        submit=_("Record that they were told"),
        tells=_(
            "Goes on record with the server's time and stays as it is; your bureau "
            "sees it on the hazard's page."
        ),
        done=_("On record."),
        provisions=("work-safety-law-2021/art-41",),
    ),
)
