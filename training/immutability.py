"""Database triggers behind the guards of what is only ever added: SQL can't change it either."""

from __future__ import annotations

from typing import Any

from sop.immutability import protect
from training.models import (
    Acknowledgement,
    Certification,
    ModulePicture,
    ModuleSOPLink,
    ModuleText,
    ModuleVersion,
    Response,
    Result,
    Revocation,
)

MODELS = (
    ModuleVersion,
    ModuleVersion.roles.through,
    ModuleText,
    ModulePicture,
    ModuleSOPLink,
    Response,
    Result,
    Certification,
    Revocation,
    Acknowledgement,
)
MESSAGE = "Records of training are never changed or deleted."


def install(using: str = "default", **kwargs: Any) -> None:
    """Sets the triggers; called after every `migrate`."""
    protect((model._meta.db_table for model in MODELS), message=MESSAGE, using=using)
