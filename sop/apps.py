from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SOPConfig(AppConfig):
    name = "sop"
    verbose_name = _("procedures")

    def ready(self) -> None:
        from people import audit
        from sop import immutability, receivers, services, workflow
        from sop.audit_words import WORDS
        from sop.models import SOPPage

        audit.name_verbs(WORDS)
        assert receivers  # connected by its import
        workflow.register(SOPPage, services.finish_review)
        post_migrate.connect(immutability.install, sender=self)
