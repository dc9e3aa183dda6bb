"""Who may do what, route by route: the table that tests and `docs/permissions.md` share.

One file per app holds its rows; `core.py` says what a row is. A route without a row fails
`tests/test_permission_matrix.py`. After changing rows write the page anew:
`python -m tests.matrix`.
"""
