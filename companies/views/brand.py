"""The operator's logo and colours. Public. The content of a URL never changes, so browsers may cache it for ever."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from companies.authorization.gates import public
from companies.brand.current import brand_of
from companies.brand.logos import picture_type
from companies.brand.stylesheet import stylesheet
from companies.models import Installation

FOR_EVER = "public, max-age=31536000, immutable"


@public
@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """The logo, with the content type of its bytes."""
    data = Installation.objects.filter(logo_digest=digest).values_list("logo", flat=True).first()
    kind = picture_type(bytes(data or b""))
    if not data or not kind:
        raise Http404
    return _kept(HttpResponse(bytes(data), content_type=kind))


@public
@require_safe
def colours(request: HttpRequest, digest: str) -> HttpResponse:
    """The style sheet of the operator's colour. Not cached here, because another process may know a newer one."""
    brand = brand_of(Installation.load())
    if brand.colours_url != request.path:
        raise Http404
    return _kept(HttpResponse(stylesheet(brand.colour), content_type="text/css; charset=utf-8"))


def _kept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["X-Content-Type-Options"] = "nosniff"
    # No scripts, even if somebody opens the file directly.
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
