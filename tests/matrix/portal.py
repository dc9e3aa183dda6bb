"""The front door: home, and the choices of language and look."""

from tests.matrix.core import GO, NOT_ALLOWED, OK, POST_ONLY, Row, everybody, signed_in

ROWS = [
    Row("home", "Home", signed_in(OK), everybody(NOT_ALLOWED)),
    Row("set_language", "Choose the language", POST_ONLY, everybody(GO),
        data=lambda world: {"language": "en"}),
    Row("set_theme", "Choose light or dark", POST_ONLY, everybody(GO),
        data=lambda world: {"theme": "dark"}),
]  # fmt: skip
