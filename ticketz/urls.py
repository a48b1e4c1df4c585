"""Where everything is. `tests/test_routes.py` keeps a list of what is public."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from ticketz import health

# One sign-in page for everybody, so that its throttle and later its second factor guard the admin too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("companies.urls")),
]
