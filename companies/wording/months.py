"""The names of months for our catalogue, because Portuguese writes them in lower case and Django's catalogue does not.

Only `makemessages` reads this list. Our translations take precedence over Django's.
"""

from django.utils.translation import gettext_noop as _

MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"), _("September"),
    _("October"), _("November"), _("December"),
)  # fmt: skip
