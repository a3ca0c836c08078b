"""How requests get in at each door of the portal, and how a long run stays within its limits."""

import itertools
import os

import requests
import schemathesis

ORIGIN = os.environ["PORTAL"]
SESSION = f"{ORIGIN}/api/v1/session"

# A door that takes headers: the beginning of its paths, and the headers that open what is there. An API client's pair
# goes here, a vault's user hash, an operator's name and password.
HEADERS: dict[str, dict[str, str]] = {}

addresses = itertools.count(0x0A000001)


def network() -> dict[str, str]:
    """Another network each time: the portal takes us for its proxy. Limits by network are tested elsewhere."""
    number = next(addresses)
    return {"X-Forwarded-For": ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))}


@schemathesis.auth(refresh_interval=None)
class Session:
    """The browser's session: one for the whole run, until a request ends it."""

    cookies: dict[str, str] = {}

    def get(self, case, context):
        if not Session.cookies:
            Session.cookies = requests.get(SESSION, headers=network(), timeout=10).cookies.get_dict()
        return Session.cookies

    def set(self, case, data, context):
        case.cookies = {**(case.cookies or {}), **data}


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers.update(network())
    for beginning, headers in HEADERS.items():
        if case.path.startswith(beginning):
            case.headers.update(headers)


@schemathesis.hook
def after_call(context, case, response):
    if (case.method.upper(), case.path, response.status_code) == ("DELETE", "/api/v1/session", 204):
        Session.cookies = {}
