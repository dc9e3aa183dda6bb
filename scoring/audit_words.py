"""What the audit record calls the deeds of this app."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "error.assigned": _("error charged to a maker"),
    "error.nobody": _("error charged to nobody"),
    "error.undone": _("decision on an error taken back"),
    "import.committed": _("operations data imported"),
    "import.received": _("operations file received"),
    "mapping.added": _("mapping added"),
    "period.added": _("period opened"),
    "period.calculated": _("period calculated"),
    "period.closed": _("period closed"),
    "period.exported": _("scorecards exported"),
    "period.published": _("period published"),
    "period.review_started": _("review of a period started"),
    "process.named": _("process named"),
    "review.own_words_saved": _("own words saved"),
    "review.saved": _("review saved"),
    "review.signature_taken_back": _("signature taken back"),
    "review.signed": _("review signed"),
    "review.signed_by_person": _("scorecard signed by the person"),
    "standard.ended": _("standard ended"),
    "standard.set": _("standard set"),
    "weights.set": _("weights set"),
}
