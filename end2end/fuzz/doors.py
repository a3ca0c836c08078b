"""How requests get in at each door of the portal, and how a long run stays within its limits."""

import base64
import email.policy
import itertools
import os
import queue
import re

import requests
import schemathesis
from aiosmtpd.controller import Controller
from hypothesis import strategies

ORIGIN = os.environ["PORTAL"]
SHARES = f"{ORIGIN}/api/v1/quorum/shares"
SESSION = f"{ORIGIN}/api/v1/session"
CLIENTS = f"{ORIGIN}/api/v1/mfa"

# Where the portal's letters go; the fuzzed requests ask for many, to whomever.
OURS = "fuzz@example.org"

# A door that takes headers: the beginning of its paths, and the headers that open what is there. An operator's name and
# password go here.
HEADERS: dict[str, dict[str, str]] = {}

addresses = itertools.count(0x0A000001)


def network() -> dict[str, str]:
    """Another network each time: the portal takes us for its proxy. Limits by network are tested elsewhere."""
    number = next(addresses)
    return {"X-Forwarded-For": ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))}


class Mail:
    """A mail server that keeps what is for us."""

    letters: queue.Queue[str] = queue.Queue()

    async def handle_DATA(self, server, session, envelope):
        if OURS in envelope.rcpt_tos:
            letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
            Mail.letters.put(letter.get_body(("plain",)).get_content())
        return "250 OK"


Controller(Mail(), hostname="127.0.0.1", port=int(os.environ["MAIL_PORT"])).start()


@schemathesis.auth(refresh_interval=None).apply_to(path_regex="^/api/v1/mfa/")
class Client:
    """An API client: asks for its key by mail, activates it, and proves itself with both for the whole run."""

    pair: dict[str, str] = {}

    def get(self, case, context):
        if not Client.pair:
            asked = requests.post(f"{CLIENTS}/api-key", json={"email": OURS}, headers=network(), timeout=10)
            assert asked.status_code == 204, asked.text
            key = re.search(r"\b[0-9a-f]{40}\b", Mail.letters.get(timeout=20))[0]
            known = {"email": OURS, "apiKey": key}
            activated = requests.post(f"{CLIENTS}/api-key/activate", json=known, headers=network(), timeout=10)
            Client.pair = {"x-mfa-apikey": key, "x-mfa-apisecret": activated.json()["apiSecret"]}
        return Client.pair

    def set(self, case, data, context):
        case.headers.update(data)


@schemathesis.auth(refresh_interval=None).skip_for(path_regex="^/api/v1/mfa/")
class Session:
    """The browser's session: one for the whole run, until a request ends it."""

    cookies: dict[str, str] = {}

    def get(self, case, context):
        if not Session.cookies:
            Session.cookies = requests.get(SESSION, headers=network(), timeout=10).cookies.get_dict()
        return Session.cookies

    def set(self, case, data, context):
        case.cookies = {**(case.cookies or {}), **data}


class Users:
    """Users of the client that are there, so that every second request is about one. What is stateful has its own."""

    uuids: dict[str, str] = {}
    turn = itertools.count()

    @staticmethod
    def kind(path: str) -> str:
        return "totp" if path.startswith("/api/v1/mfa/totp") else "u2f"

    @staticmethod
    def one(kind: str) -> str:
        if kind not in Users.uuids:
            body = {"totp": {}, "u2f": {"appId": "https://shop.example"}}[kind]
            begun = requests.post(f"{CLIENTS}/{kind}", json=body, headers=Client.pair | network(), timeout=10)
            Users.uuids[kind] = begun.json()["uuid"]
        return Users.uuids[kind]

    @staticmethod
    def name_one(case):
        stateful = case.meta is not None and case.meta.phase.name.value == "stateful"
        if stateful or not Client.pair or not case.path.startswith("/api/v1/mfa/") or next(Users.turn) % 2:
            return
        for container, name in ((case.path_parameters, "uuid"), (case.headers, "x-mfa-UserUUID")):
            if container and is_uuid(container.get(name)):
                container[name] = Users.one(Users.kind(case.path))

    @staticmethod
    def note(case, response):
        if (case.method.upper(), response.status_code) == ("DELETE", 204):
            Users.uuids.pop(Users.kind(case.path), None)


class Vault:
    """A vault that is there, so that every second request that names one well is about this one."""

    turn = itertools.count()

    @staticmethod
    def name_it(case):
        named = (case.headers or {}).get("X-User-Hash")
        is_one = isinstance(named, str) and re.fullmatch(r"[!-~]{1,128}", named)
        if case.path.startswith("/api/v1/vault/") and is_one and next(Vault.turn) % 2:
            case.headers["X-User-Hash"] = "fuzz"


class Quorum:
    """Shares and their files as the portal makes them, and what members of one body owe each other: a pattern can say
    neither that a share has its checksum, nor that a threshold is no more than the number of shares."""

    # How many are needed, and of how many. Each is dealt plain and, where both are small, for custodians with keys.
    GROUPS = ((2, 2), (2, 3), (3, 5))
    RECIPIENTS = (
        "age19ydt3tz3yc6ayaley5z983ttczanhvmshjlc08yj8p5y3d8jwy9shcl87h",
        "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
    )
    lines: list[str] = []
    files: list[str] = []

    @staticmethod
    def deal(threshold: int, size: int, **more) -> list[str]:
        body = {"secret_key": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "shares": size, "threshold": threshold} | more
        dealt = requests.post(SHARES, json=body, headers=network(), timeout=10)
        assert dealt.status_code == 200, dealt.text
        return dealt.json()["shares"]

    @staticmethod
    def line(turn: int) -> str:
        if not Quorum.lines:
            Quorum.lines = [line for group in Quorum.GROUPS for line in Quorum.deal(*group)]
        return Quorum.lines[turn % len(Quorum.lines)]

    @staticmethod
    def file(turn: int) -> str:
        if not Quorum.files:
            Quorum.files = Quorum.deal(2, 2, recipients=list(Quorum.RECIPIENTS))
        return Quorum.files[turn % len(Quorum.files)]

    @staticmethod
    def numbers(line: str) -> dict[str, int]:
        """What stands in a share behind its version and the group's id."""
        data = line.split("$")[2]
        head = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))[17:19]
        return {"threshold": head[0], "shares": head[1]}

    @staticmethod
    def agree(case):
        """Makes the members of a body that is to be accepted agree with each other."""
        body = case.body
        is_right = case.meta is not None and case.meta.generation.mode.is_positive
        if not is_right or not isinstance(body, dict):
            return
        if case.path == "/api/v1/quorum/shares":
            body["threshold"] = min(body["threshold"], body["shares"])
            if body.get("recipients"):
                body["recipients"] = [body["recipients"][0]] * int(body["shares"])
        elif case.path == "/api/v1/quorum/sessions":
            numbers = Quorum.numbers(body["first_share"])
            body.update({name: number for name, number in numbers.items() if body.get(name) is not None})
        elif case.path == "/api/v1/quorum/sessions/{id}/shares" and {"share", "encrypted_share"} <= body.keys():
            # One of them is what was meant; the other came as a member that nothing describes.
            body.pop("encrypted_share" if body["share"] in Quorum.lines else "share")


def totp_secrets():
    keys = strategies.binary(min_size=10, max_size=128).map(lambda key: base64.b32encode(key).decode().rstrip("="))
    links = strategies.builds(
        lambda key, algorithm, digits, period: f"otpauth://totp/Example:ada?secret={key}&issuer=Example"
        f"&algorithm={algorithm}&digits={digits}&period={period}",
        keys,
        strategies.sampled_from(["SHA1", "SHA256", "SHA512"]),
        strategies.integers(6, 8),
        strategies.integers(15, 255),
    )
    return keys | keys.map(str.lower) | links


# The formats of the description that are no common ones.
turns = strategies.integers(0, 29)
schemathesis.openapi.format("totp-secret", totp_secrets())
schemathesis.openapi.format("age-recipient", strategies.sampled_from(Quorum.RECIPIENTS))
schemathesis.openapi.format("quorum-share", turns.map(Quorum.line))
schemathesis.openapi.format("armored-age-file", turns.map(Quorum.file))


def is_uuid(text) -> bool:
    return isinstance(text, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers.update(network())
    Users.name_one(case)
    Vault.name_it(case)
    Quorum.agree(case)
    for beginning, headers in HEADERS.items():
        if case.path.startswith(beginning):
            case.headers.update(headers)


@schemathesis.hook
def after_call(context, case, response):
    Users.note(case, response)
    if (case.method.upper(), case.path, response.status_code) == ("DELETE", "/api/v1/session", 204):
        Session.cookies = {}
