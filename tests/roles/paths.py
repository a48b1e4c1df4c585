"""The addresses of the administration, each about something that is on the stage."""

from tests.roles.stage import Stage
from tests.roles.who_may import OPEN, Row, row_of
from tests.routes import ADMIN

WALKED = [route for route in ADMIN if route not in OPEN]


def row(route: str) -> Row:
    """Who may look, who may act."""
    found = row_of(route)
    assert found is not None, f"{route} has no row in tests/roles/who_may.py: who may look, who may act?"
    return found


def path_of(route: str, stage: Stage) -> str:
    """The address, about something that is there."""
    key = stage.key_for(route, row(route).on)
    for variable, value in {
        "<path:object_id>": key, "<int:pk>": key, "<slug:name>": "lock", "<path:content_type_id>": "1",
        "<slug:section>": "paused",
        "<int:gateway_id>": str(stage.gateway.pk), "<int:number>": str(stage.things["preview"].pk),
    }.items():  # fmt: skip
        route = route.replace(variable, value)
    if route == "admin/autocomplete/":
        return f"/{route}?app_label=companies&model_name=membership&field_name=user&term=ana"
    return "/admin/plans/" if "(?P<" in route else f"/{route}"
