"""What the audit record calls the deeds of this app."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "attempt.expired": _("quiz ended by its time limit"),
    "attempt.started": _("quiz begun"),
    "attempt.submitted": _("quiz handed in"),
    "certificate.issued": _("certificate issued"),
    "certificate.revoked": _("certificate revoked"),
    "module.approved": _("module approved"),
    "module.created": _("module begun"),
    "module.retired": _("module no longer offered"),
    "quiz.created": _("quiz written"),
    "quiz.editor_granted": _("may edit the quiz"),
    "quiz.editor_withdrawn": _("may no longer edit the quiz"),
    "release.acknowledged": _("release acknowledged"),
    "training.assigned": _("training assigned"),
    "training.attempt_allowed": _("another attempt allowed"),
    "training.ended": _("training duty ended"),
}
