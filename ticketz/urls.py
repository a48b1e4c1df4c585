"""Where everything is. `tests/test_routes.py` keeps a list of what is public."""

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from companies.gates import public
from companies.views import accounts
from ticketz import health

admin.site.site_header = admin.site.site_title = "Ticketz"
# People keep one address, ours; allauth's own table of addresses is not used.
admin.site.unregister(EmailAddress)
# One sign-in page for everybody, so that its throttle and later its second factor guard the admin too.
admin.site.login = accounts.admin_login  # type: ignore[method-assign]
admin.site.password_change = accounts.admin_password_change  # type: ignore[method-assign, assignment]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # The administration names no icon, so browsers ask here.
    path("favicon.ico", public(RedirectView.as_view(url=static("icon.svg"))), name="favicon"),
    path("admin/", admin.site.urls),
    path("", include("companies.urls")),
]
