"""Finds a person's pages as the person would: by following the links from home."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import unquote, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

LINK = re.compile(r'<a\s[^>]*?href="([^"#][^"]*)"')
# Wagtail's own pages are Wagtail's; files are not pages.
NOT_OURS = ("/cms/", "/documents/", "/media/", "/static/")


def pages_of(client: Client, start: str = "/") -> dict[str, str]:
    """One address for each of our routes that the signed-in person reaches, by route name."""
    found: dict[str, str] = {}
    waiting = deque([start])
    seen = {start}
    while waiting:
        path = waiting.popleft()
        response = client.get(path)
        if response.status_code in (301, 302):
            targets = [response.headers["Location"]]
        elif response.status_code == 200 and "html" in response.headers["Content-Type"]:
            assert not response.streaming
            found.setdefault(_route(path), path)
            targets = LINK.findall(response.content.decode())
        else:
            assert response.status_code == 200, (
                f"{path} is linked and answers {response.status_code}"
            )
            continue
        for target in targets:
            parts = urlsplit(urljoin(path, target.replace("&amp;", "&")))
            if parts.netloc or parts.path.startswith(NOT_OURS) or parts.path in seen:
                continue
            seen.add(parts.path)
            route = _route(parts.path)
            if route and route not in found:
                waiting.append(parts.path + ("?" + parts.query if parts.query else ""))
    return found


def _route(path: str) -> str:
    try:
        return resolve(unquote(urlsplit(path).path)).view_name
    except Resolver404:
        raise AssertionError(f"{path} is linked and leads nowhere") from None
