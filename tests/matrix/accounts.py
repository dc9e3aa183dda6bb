"""Sign-in, sign-out and passwords: allauth's routes, as far as they are open."""

from tests.cast import PASSWORD
from tests.matrix.core import (
    GO,
    NOT_ALLOWED,
    NOT_FOUND,
    OK,
    Row,
    World,
    allow,
    everybody,
    signed_in,
)

INSIDE = signed_in(GO) | {"anonymous": OK}
NEW = {"password1": "a new battery", "password2": "a new battery"}


def credentials(world: World) -> dict[str, str]:
    return {"login": "P1", "password": PASSWORD}


def change(world: World) -> dict[str, str]:
    return NEW | {"oldpassword": PASSWORD}


def worn_link(world: World) -> dict[str, str]:
    return {"uidb36": "1", "key": "x-y"}


ROWS = [
    Row("account_login", "Sign in", INSIDE, everybody(GO), data=credentials),
    Row("account_logout", "Sign out", allow(OK, *INSIDE, visitor=GO) | {"anonymous": GO},
        everybody(GO)),
    Row("account_signup", "Says that accounts come from HR", INSIDE, INSIDE),
    Row("account_inactive", "Says that access is closed", everybody(OK), everybody(NOT_ALLOWED)),
    Row("account_change_password", "Change one's own password", signed_in(OK), signed_in(GO),
        data=change),
    Row("account_set_password", "Closed", everybody(NOT_FOUND), everybody(NOT_FOUND)),
    Row("account_reset_password", "Ask for a link by mail", everybody(OK), everybody(GO),
        data=lambda world: {"email": "nobody@example.com"}),
    Row("account_reset_password_done", "Says that a link is on its way", everybody(OK),
        everybody(NOT_ALLOWED)),
    Row("account_reset_password_from_key", "Set a password by a link", everybody(OK),
        everybody(OK), kwargs=worn_link, data=lambda world: NEW, case="link that is not ours"),
    Row("account_reset_password_from_key_done", "Says that the password is changed",
        everybody(OK), everybody(NOT_ALLOWED)),
]  # fmt: skip
