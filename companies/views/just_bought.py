"""Help for somebody who has paid and can't sign in yet. The same for everybody, so it reveals no accounts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from companies.authorization.gates import public
from companies.self_service import backend
from companies.wording.due import next_look_sentence


def next_look() -> str:
    """When new purchases are read next, in words; one query."""
    now = timezone.now()
    return next_look_sentence(backend.next_look(at=now), now)


@public
@require_safe
def just_bought(request: HttpRequest) -> HttpResponse:
    """What happens between a purchase and the first sign-in, and what to do if it takes long."""
    return render(request, "companies/just_bought.html", {"next_look": next_look()})
