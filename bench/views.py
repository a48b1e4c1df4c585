"""The pages of the administration that hold long lists, as an operator opens them."""

from django.test import Client

# Where PK is, the page of the oldest row is meant: the one about which there is the most.
VIEWS = (
    "",
    "forecast/?days=30",
    "companies/company/",
    "companies/company/?p=39",
    "companies/company/?o=3",
    "companies/company/?o=-3",
    "companies/company/?plan__id__exact=1",
    "companies/company/?status__exact=active",
    "companies/company/?status__exact=fraud",
    "companies/company/?exception=held",
    "companies/company/?access=open",
    "companies/company/?access=blocked",
    "companies/company/?access=overdue",
    "companies/company/?access=held_open",
    "companies/company/?q=p7",
    "companies/company/?q=p77@example.com",
    "companies/company/?q=nobody+is+called+so",
    "companies/company/PK/change/",
    "companies/user/",
    "companies/user/?is_staff__exact=1",
    "companies/user/?q=p77@",
    "companies/user/?q=nobody+is+called+so",
    "companies/event/",
    "companies/event/?p=190",
    "companies/event/?code=opened",
    "companies/event/?q=p77@example.com",
    "companies/outgoingmail/",
    "companies/outgoingmail/?sent_at__isempty=1",
    "companies/auditentry/",
    "billing/syncrun/",
    "billing/syncrun/?outcome__exact=failed",
    "billing/syncrun/PK/change/",
    "billing/syncrun/PK/change/?page=100",
    "billing/syncrun/PK/change/?result=changed",
    "billing/syncrun/PK/change/?result=changed&page=100",
    "billing/syncrun/PK/change/?q=12345",
    "billing/syncrun/PK/change/?q=Client+50",
    "billing/subscription/",
    "billing/attentionitem/",
    "billing/attentionitem/?state=all",
    "billing/heldchanges/",
    "billing/whmcsgateway/",
    "billing/whmcsgateway/PK/what-if/?grace_days=20",
    "plans/plan/",
)


def open_page(client: Client, path: str) -> None:
    """Open it; a page that is not there is no figure."""
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}.")
