from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("training")

    def ready(self) -> None:
        from sop import workflow
        from training import receivers, services
        from training.models import ModulePage

        assert receivers  # connected by its import
        workflow.register(ModulePage, services.publish_module)
