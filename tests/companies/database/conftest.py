"""Three companies on one plan."""

import pytest

from companies.models import Company
from plans.models import Plan


@pytest.fixture
def companies(db: None) -> list[Company]:
    plan = Plan.objects.create(name="Team")
    return [Company.objects.create(name=name, plan=plan) for name in ("Alice", "Bob", "Charlie")]
