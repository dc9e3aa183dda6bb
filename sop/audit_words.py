"""What the audit record calls the deeds of this app."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "error_code.added": _("error code added"),
    "page.approved": _("approved"),
    "page.changes_requested": _("changes asked for"),
    "page.review_cancelled": _("taken back from review"),
    "page.submitted": _("handed in for approval"),
    "section.created": _("team's section made"),
    "sop.created": _("procedure begun"),
    "sop.released": _("release published"),
    "sop.text_added": _("translation added to a release"),
    "sop.withdrawn": _("procedure withdrawn"),
}
