"""`manage.py attention`: what waits for an operator, and putting it aside."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing.models import Kind, WhmcsGateway
from companies.models import AuditEntry
from tests.billing.admin.attention.items import item
from tests.billing.factories import make_gateway

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(db: None) -> WhmcsGateway:
    return make_gateway()


class TestCommand:
    def call(self, *arguments: str) -> tuple[Any, Any]:
        out = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("attention", *arguments, "--json", stdout=out)
        return ended.value.code, json.loads(out.getvalue())

    def test_its_status_says_whether_something_waits(self, gateway: WhmcsGateway) -> None:
        assert self.call() == (0, [])
        one = item(gateway, Kind.VANISHED, "5")
        status, (printed,) = self.call("Shop")
        assert (status, printed["id"], printed["kind"]) == (1, one.pk, "vanished")
        assert "does not know this service" in printed["text"]

    def test_it_dismisses_with_a_reason(self, gateway: WhmcsGateway) -> None:
        one = item(gateway, Kind.VANISHED, "5")
        with pytest.raises(CommandError, match="needs --reason"):
            call_command("attention", "--dismiss", str(one.pk))
        assert self.call("--dismiss", str(one.pk), "--reason", "sold by hand") == (0, [])
        one.refresh_from_db()
        assert (one.dismissed_label, one.dismiss_reason) == ("command line", "sold by hand")
        assert AuditEntry.objects.get().actor_label == "command line"
        with pytest.raises(CommandError, match="No item"):
            call_command("attention", "--dismiss", str(one.pk), "--reason", "again")

    def test_people_read_one_line_for_each(self, gateway: WhmcsGateway) -> None:
        item(gateway, Kind.VANISHED, "5")
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("attention", stdout=out)
        assert "Shop  vanished 5: WHMCS does not know this service" in out.getvalue()
