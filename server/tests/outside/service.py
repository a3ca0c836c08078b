"""A service that has its users' second factors checked by Postern. It walks the whole API once, at two processes that
share one Redis: FIRST and SECOND are where they listen, ORIGIN is what they are called. Letters come by standard input."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64decode
from urllib.parse import parse_qs, urlsplit

from keys import U2fKey, WebAuthnKey, sha256, text

FIRST, SECOND = (f"http://{os.environ[name]}/api/v1/mfa" for name in ("FIRST", "SECOND"))
HOST = urlsplit(os.environ["ORIGIN"]).netloc
SHOP, BANK = "https://shop.example", "https://login.bank.example"
APP = f"{SHOP}/app-id.json"


def ask(method: str, url: str, body=None, headers=None):
    """What a route answers: its status, and what is in its body."""
    sent = None if body is None else json.dumps(body).encode()
    headers = {"Host": HOST, **({"Content-Type": "application/json"} if sent else {}), **(headers or {})}
    request = urllib.request.Request(url, sent, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            status, content = answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        status, content = refused.code, refused.read()
    return status, json.loads(content) if content else None


def expect(status: int, answer):
    assert answer[0] == status, f"{answer}, not {status}"
    return answer[1]


class Service:
    """A key by mail, and the secret that it was activated with."""

    def __init__(self, address: str):
        expect(204, ask("POST", f"{FIRST}/api-key", {"email": address}))
        letter = json.loads(sys.stdin.readline())
        assert letter["to"] == [address], letter
        self.key = next(line for line in letter["text"].splitlines() if re.fullmatch("[0-9a-f]{40}", line))
        stranger = {"email": "eve@example.org", "apiKey": self.key}
        expect(404, ask("POST", f"{SECOND}/api-key/activate", stranger))
        owner = {"email": address, "apiKey": self.key}
        self.secret = expect(200, ask("POST", f"{SECOND}/api-key/activate", owner))["apiSecret"]
        expect(401, ask("POST", f"{FIRST}/api-key/activate", owner))

    def ask(self, method: str, url: str, body=None, headers=None):
        own = {"X-MFA-ApiKey": self.key, "X-MFA-ApiSecret": self.secret}
        return ask(method, url, body, {**own, **(headers or {})})

    def is_refused(self):
        for process in (FIRST, SECOND):
            expect(401, self.ask("POST", f"{process}/totp", {}))


class Phone:
    """zbarimg is its camera, oathtool its arithmetic."""

    def __init__(self, begun: dict):
        self.id = begun["uuid"]
        with tempfile.NamedTemporaryFile(suffix=".png") as picture:
            picture.write(b64decode(begun["imageUrl"].removeprefix("data:image/png;base64,")))
            picture.flush()
            camera = ["zbarimg", "--quiet", "--raw", picture.name]
            seen = subprocess.check_output(camera, stderr=subprocess.DEVNULL, text=True).strip()
        assert seen == begun["otpAuthUrl"], seen
        self.fields = {name: values[0] for name, values in parse_qs(urlsplit(seen).query).items()}
        assert self.fields["secret"] == begun["totpKey"]

    def code(self, ahead: int = 0) -> str:
        fields, now = self.fields, f"@{int(time.time()) + ahead}"
        told = [f"--totp={fields['algorithm']}", "-d", fields["digits"], "-s", f"{fields['period']}s", "--now", now]
        return subprocess.check_output(["oathtool", "-b", *told, fields["secret"]], text=True).strip()


def for_user(origin: str, user=None) -> dict:
    host = urlsplit(origin).netloc
    named = {"RPDisplayName": "Shop", "RPID": host, "RPOrigin": origin, "Username": "byron", "UserDisplayName": "Byron"}
    named |= {"UserUUID": user} if user else {}
    return {f"X-MFA-{name}": value for name, value in named.items()}


def register(service: Service, origin: str, key: WebAuthnKey, user=None) -> str:
    begun = expect(200, service.ask("POST", f"{FIRST}/webauthn/register", headers=for_user(origin, user)))
    answer, whom = key.create(begun, origin), for_user(origin, begun["uuid"])
    done = expect(200, service.ask("PUT", f"{SECOND}/webauthn/register", answer, whom))
    assert done == {"key_handle_hash": text(sha256(key.id))}, done
    return begun["uuid"]


def log_in(service: Service, origin: str, key, user: str) -> dict:
    asked = expect(200, service.ask("POST", f"{SECOND}/webauthn/login", headers=for_user(origin, user)))
    answer, whom = key.get(asked, origin), for_user(origin, user)
    passed = expect(200, service.ask("PUT", f"{FIRST}/webauthn/login", answer, whom))
    expect(401, service.ask("PUT", f"{FIRST}/webauthn/login", answer, whom))
    return passed


def register_u2f(service: Service, key: U2fKey) -> str:
    begun = expect(200, service.ask("POST", f"{FIRST}/u2f", {"appId": APP}))
    signed = {"signResult": key.register(begun["challenge"], SHOP)}
    expect(204, service.ask("PUT", f"{SECOND}/u2f/{begun['uuid']}", signed))
    return begun["uuid"]


def sign_u2f(service: Service, key: U2fKey, user: str):
    asked = expect(200, service.ask("POST", f"{FIRST}/u2f/{user}/auth"))
    signed = {"signResult": key.sign(asked, SHOP)}
    valid = {"message": "Valid", "status": 200}
    assert expect(200, service.ask("PUT", f"{SECOND}/u2f/{user}/auth", signed)) == valid
    expect(400, service.ask("PUT", f"{SECOND}/u2f/{user}/auth", signed))


def walk():
    old = Service("ada@example.org")
    phone = Phone(expect(200, old.ask("POST", f"{FIRST}/totp", {"issuer": "Shop", "label": "byron"})))
    used = phone.code()
    expect(200, old.ask("POST", f"{SECOND}/totp/{phone.id}/validate", {"code": used}))
    expect(401, old.ask("POST", f"{FIRST}/totp/{phone.id}/validate", {"code": used}))

    of_shop, of_bank, token = WebAuthnKey(), WebAuthnKey(), U2fKey()
    user = register(old, SHOP, of_shop)
    assert register(old, BANK, of_bank, user) == user
    assert log_in(old, SHOP, of_shop, user)["credentialId"] == text(of_shop.id)
    assert log_in(old, BANK, of_bank, user)["key_handle_hash"] == text(sha256(of_bank.id))
    holder = register_u2f(old, token)
    sign_u2f(old, token, holder)
    log_in(old, SHOP, token, holder)

    new = Service("bob@example.org")
    pairs = {"oldKeyId": old.key, "oldKeySecret": old.secret, "newKeyId": new.key, "newKeySecret": new.secret}
    moved = expect(200, ask("POST", f"{FIRST}/api-key/rotate", pairs))
    assert moved == {"totpComplete": 1, "totpIncomplete": 0, "webauthnComplete": 2, "webauthnIncomplete": 0}, moved
    old.is_refused()

    expect(401, new.ask("POST", f"{SECOND}/totp/{phone.id}/validate", {"code": used}))
    expect(200, new.ask("POST", f"{SECOND}/totp/{phone.id}/validate", {"code": phone.code(ahead=30)}))
    log_in(new, SHOP, of_shop, user)
    log_in(new, BANK, of_bank, user)
    sign_u2f(new, token, holder)
    log_in(new, SHOP, token, holder)
    expect(204, new.ask("DELETE", f"{FIRST}/totp/{phone.id}"))
    expect(204, new.ask("DELETE", f"{FIRST}/u2f/{holder}"))
    expect(204, new.ask("DELETE", f"{FIRST}/webauthn/user", headers={"X-MFA-UserUUID": user}))
    expect(404, new.ask("POST", f"{SECOND}/webauthn/login", headers=for_user(SHOP, user)))


walk()
print("walked")
