"""For somebody who has paid and can't sign in yet. The same for everybody: nobody learns here who is known."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from companies.authorization.gates import public
from companies.self_service import desk
from companies.wording.due import next_look_sentence


def next_look() -> str:
    """When purchases are looked for next, in words (one query)."""
    now = timezone.now()
    return next_look_sentence(desk.next_look(at=now), now)


@public
@require_safe
def just_bought(request: HttpRequest) -> HttpResponse:
    """What happens between a purchase and the first sign-in, and what to do if it takes long."""
    return render(request, "companies/just_bought.html", {"next_look": next_look()})
