"""The script that most people would write for the job and run from cron. Here to be compared with, not to be used.

It is a fair one: one connection for all calls, pages of a good size, rows found by an indexed key. It knows nothing of
confirming bad news, of the story of a change, of odd records or of crashes.
"""

from datetime import date

import requests
from django.utils import timezone

from billing.models import Subscription, WhmcsGateway
from companies.models import Company, Membership, Role, User
from plans.models import Plan

STATUS = {"Completed": "active"}


def sync(gateway: WhmcsGateway) -> None:
    """Bring everything here in line with WHMCS."""
    session = requests.Session()

    def call(action: str, **params: object) -> dict:  # type: ignore[type-arg]
        form = {
            "action": action, "identifier": gateway.api_identifier, "secret": gateway.api_secret.reveal().reveal(),
            "responsetype": "json", **params,
        }  # fmt: skip
        response = session.post(f"{gateway.base_url}/includes/api.php", data=form, timeout=30)
        response.raise_for_status()
        return response.json()  # type: ignore[no-any-return]

    services: list[dict] = []  # type: ignore[type-arg]
    while True:
        answer = call("GetClientsProducts", pid=gateway.product_code, limitstart=len(services), limitnum=250)
        services += answer["products"]["product"]
        if len(services) >= int(answer["totalresults"]):
            break

    for service in services:
        client = call("GetClientsDetails", clientid=service["clientid"])["client"]
        options = {option["option"]: option["value"] for option in service["configoptions"]["configoption"]}
        fields = {field["name"]: field["value"] for field in service["customfields"]["customfield"]}
        plan = Plan.objects.get(name=options["Plan"])
        due_date = date.fromisoformat(service["nextduedate"])

        subscription = Subscription.objects.filter(gateway=gateway, service_id=service["id"]).first()
        if subscription is None:
            subscription = Subscription(gateway=gateway, service_id=service["id"])
        company = subscription.company
        if company is None:
            company = subscription.company = Company.objects.create(source=gateway, plan=plan)
            user, created = User.objects.get_or_create(email=client["email"], defaults={"name": client["fullname"]})
            if created:
                user.set_password(fields["Password"])
                user.save()
            Membership.objects.create(user=user, company=company, role=Role.OWNER)

        company.name = f"{client['firstname']} {client['lastname']}"
        company.email = client["email"]
        company.phone = client["phonenumber"]
        company.plan = plan
        company.status = STATUS.get(service["status"], service["status"].lower())
        company.due_date = due_date
        company.save()
        subscription.client_id = service["clientid"]
        subscription.product_id = service["pid"]
        subscription.status = service["status"]
        subscription.plan_value = options["Plan"]
        subscription.due_date = due_date
        subscription.details_read_at = timezone.now()
        subscription.save()
