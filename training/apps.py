from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("training")

    def ready(self) -> None:
        from sop import workflow
        from training import hooks, receivers, services
        from training.models import ModulePage

        assert hooks  # connected by their import
        assert receivers
        workflow.register(ModulePage, services.publish_module)
