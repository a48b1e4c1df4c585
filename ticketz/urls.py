"""The root URLs. `tests/test_routes.py` has a list of the public ones."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from companies.authorization.gates import public
from ticketz import error_pages
from ticketz.monitoring import health, metrics

handler500 = error_pages.server_error
handler429 = error_pages.too_often  # django-allauth's

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    # The administration links no icon, so browsers request this one.
    path("favicon.ico", public(RedirectView.as_view(url=static("icon.svg"))), name="favicon"),
    path("admin/", admin.site.urls),
    path("", include("companies.urls")),
    path("", include("billing.urls")),
]
