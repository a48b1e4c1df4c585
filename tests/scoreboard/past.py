"""The past that every scenario begins with, lived through once by each side and then put back."""

from datetime import date
from uuid import uuid4

from billing.models import WhmcsGateway
from companies.models import User
from plans.models import Plan
from sandbox import TICKETZ_PID, SandboxServer, Shop
from tests.rows import Rows, empty_database, keep_rows
from tests.scoreboard.scenario import Ran, Side
from tests.scoreboard.stage import GRACE_DAYS, SECRET, Stage, build_shop, in_days

PAYING = ("Ana", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gil", "Hana", "Ivo", "Jun", "Kai", "Oto", "Pam", "Rui")
_pasts: dict[tuple[bool, date], tuple[Shop, dict[str, int], Rows]] = {}


def put_back(side: Side) -> Stage:
    """The stage as this side has it at the end of the past; its server is not started yet."""
    key = (side.is_ticketz, in_days(0))
    if key not in _pasts:
        with build_shop() as server:
            stage = Stage(server)
            _live_through(stage, side)
            _pasts[key] = server.shop.copy(), stage.ids, keep_rows()
    shop, ids, rows = _pasts[key]
    rows.put_back()
    stage = Stage(SandboxServer(shop.copy()), dict(ids))
    # Another gateway to whoever has written down how far this one had come: nobody restored a backup here.
    WhmcsGateway.objects.update(uid=uuid4(), base_url=stage.server.url)
    return stage


def _live_through(stage: Stage, side: Side) -> None:
    """Fourteen pay, one of them a day late; one is locked for not paying, one suspended, one terminated."""
    empty_database()
    _open_the_business(stage)
    for name in (*PAYING, "Lea", "Max", "Quim"):
        stage.buy(name)
    stage.shop.move_due_date(stage.of("Kai"), in_days(-1))
    _ensure_green(side.run(stage))
    stage.shop.terminate(stage.of("Lea"))
    stage.shop.suspend(stage.of("Max"))
    stage.shop.move_due_date(stage.of("Quim"), in_days(-20))
    _ensure_green(side.run(stage))


def _open_the_business(stage: Stage) -> None:
    for plan, users in {"Starter": 1, "Team": 3, "Business": 10}.items():
        Plan.objects.create(name=plan, users=users)
    User.objects.create_superuser("root@example.com", "the operator's own password")
    WhmcsGateway.objects.create(
        name="Shop", base_url=stage.server.url, api_identifier=stage.server.identifier, api_secret=SECRET,
        product_code=TICKETZ_PID, grace_days=GRACE_DAYS,
    )  # fmt: skip


def _ensure_green(ran: Ran) -> None:
    """Before the fault the world has to be in order, or nothing that follows means anything."""
    if ran.status:
        raise AssertionError(f"the past went wrong: {ran.status} {ran.outcome} {ran.output[-3000:]}")
