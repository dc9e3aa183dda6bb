"""What most tests of training begin with; how it is made stands in `make.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from sop.models import SOPPage, SOPRelease
from tests.cast import Cast
from tests.sop import make as sop
from tests.training import make
from training.models import Module, ModulePage, Quiz


@pytest.fixture
def clock() -> Iterator[Any]:
    """The server's clock, standing at `NOW` until a test moves it."""
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sop_page(cast: Cast, clock: Any) -> SOPPage:
    return make.a_sop(cast)


@pytest.fixture
def release(cast: Cast, sop_page: SOPPage) -> SOPRelease:
    return sop.approve(cast, sop_page)


@pytest.fixture
def quiz(cast: Cast, clock: Any) -> Quiz:
    return make.a_quiz(cast)


@pytest.fixture
def module_page(cast: Cast, release: SOPRelease, quiz: Quiz) -> ModulePage:
    return make.a_module_page(cast, sops=(release,), quiz=quiz)


@pytest.fixture
def module(cast: Cast, module_page: ModulePage) -> Module:
    return make.approve(cast, module_page)


@pytest.fixture
def taking(cast: Cast, module: Module) -> make.Taking:
    """Noor takes the quiz."""
    return make.take(cast.noor, module)
