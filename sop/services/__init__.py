"""Changes to procedures: each one transaction, each with an audit record."""

from sop.services.errors import (
    NotReady,
    SOPError,
    TranslationDiffers,
)
from sop.services.releasing import (
    approve,
    finish_review,
    publish_release,
    request_changes,
    withdraw,
)
from sop.services.sections import create_section, sync_editors
from sop.services.writing import (
    add_error_code,
    cancel_review,
    change_sop,
    create_sop,
    submit_for_approval,
)

__all__ = [
    "NotReady",
    "SOPError",
    "TranslationDiffers",
    "add_error_code",
    "approve",
    "cancel_review",
    "change_sop",
    "create_section",
    "create_sop",
    "finish_review",
    "publish_release",
    "request_changes",
    "submit_for_approval",
    "sync_editors",
    "withdraw",
]
