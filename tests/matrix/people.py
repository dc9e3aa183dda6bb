"""People, teams, roles."""

from tests.matrix.core import GO, OK, Row, World, signed_in


def wrong_code(world: World) -> dict[str, str]:
    return {"employee_number": "nobody", "code": "1", "password1": "x", "password2": "x"}


INSIDE = signed_in(GO) | {"anonymous": OK}

ROWS = [
    Row("people:code", "Sign in with a one-time code", INSIDE, INSIDE, data=wrong_code),
]  # fmt: skip
