from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("training")

    def ready(self) -> None:
        from people import audit
        from sop import workflow
        from training import hooks, immutability, receivers, services
        from training.audit_words import WORDS
        from training.models import ModulePage

        audit.name_verbs(WORDS)
        assert hooks  # connected by their import
        assert receivers
        workflow.register(ModulePage, services.publish_module)
        post_migrate.connect(immutability.install, sender=self)
