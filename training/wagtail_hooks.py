"""What training adds to Wagtail's admin."""

from __future__ import annotations

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from training.viewsets import viewset


@hooks.register("register_admin_viewset")
def register_quizzes() -> ViewSet:
    return viewset
