"""The public URLs of billing. Operators' pages are in `billing.admin`, customers' pages in `companies.urls`."""

from django.urls import path

from billing.hooks.view import whmcs_hook

urlpatterns = [path("hooks/whmcs/<uuid:uid>/", whmcs_hook, name="whmcs_hook")]
