"""The pickers' procedure, quiz and module, as the training tests have them."""

from tests.training.conftest import (  # noqa: F401
    clock,
    module,
    module_page,
    quiz,
    release,
    sop_page,
)
