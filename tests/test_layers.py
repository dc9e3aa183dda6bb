"""Imports and foreign keys point down."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

LAYERS = ["portal", "scoring", "training", "sop", "people", "kit"]  # from the top
LEVEL = {app: len(LAYERS) - place for place, app in enumerate(LAYERS)}


def own_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in LEVEL
    ]


def relations(model: type[models.Model]) -> list[models.Field]:
    fields = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return [field for field in fields if field.is_relation]


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model: type[models.Model]) -> None:
    for field in relations(model):
        target = field.related_model._meta
        if target.app_label not in LEVEL:
            continue  # a library: below everything
        if target.label == settings.AUTH_USER_MODEL:
            continue  # through the setting, as any reusable app does
        assert LEVEL[target.app_label] <= LEVEL[model._meta.app_label], field


def test_every_app_of_ours_has_its_layer() -> None:
    own = {
        config.label
        for config in apps.get_app_configs()
        if config.path.startswith(str(settings.BASE_DIR) + "/")
        and "site-packages" not in config.path
    }
    assert own == set(LEVEL)


def test_imports_point_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contracts of pyproject.toml: the layers, and the engine that knows no Django."""
    monkeypatch.chdir(settings.BASE_DIR)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS
