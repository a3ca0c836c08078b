"""Security keys and the browser in front of them, made of other people's programs: soft-webauthn, and fido2's clients."""

import datetime
import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

import fido2.features
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.client import Fido2Client
from fido2.ctap import CtapDevice
from fido2.ctap1 import Ctap1
from soft_webauthn import SoftWebauthnDevice

fido2.features.webauthn_json_mapping.enabled = True


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def data(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


class WebAuthnKey:
    """One credential of soft-webauthn, in a browser that speaks JSON."""

    def __init__(self):
        self.device = SoftWebauthnDevice()

    def create(self, asked: dict, origin: str) -> dict:
        asked = asked["publicKey"]
        user = {**asked["user"], "id": data(asked["user"]["id"])}
        asked = {**asked, "challenge": data(asked["challenge"]), "user": user}
        return self.told(self.device.create({"publicKey": asked}, origin))

    def get(self, asked: dict, origin: str) -> dict:
        asked = {**asked["publicKey"], "challenge": data(asked["publicKey"]["challenge"])}
        return self.told(self.device.get({"publicKey": asked}, origin))

    @property
    def id(self) -> bytes:
        return self.device.credential_id

    @staticmethod
    def told(answer: dict) -> dict:
        response = {name: text(value) for name, value in answer["response"].items()}
        raw = text(answer["rawId"])
        return {"id": raw, "rawId": raw, "type": answer["type"], "response": response, "clientExtensionResults": {}}


class U2fDevice(CtapDevice):
    """A U2F key as it sits in a slot: raw messages in, raw messages out (U2F Raw Message Formats 1.2)."""

    capabilities = 0

    def __init__(self):
        self.keys, self.count = {}, 0
        self.maker = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A key of a test")])
        begins = datetime.datetime(2020, 1, 1)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.maker.public_key())
        made = made.serial_number(7).not_valid_before(begins).not_valid_after(begins.replace(year=2050))
        self.certificate = made.sign(self.maker, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    @classmethod
    def list_devices(cls):
        return iter(())

    def call(self, cmd, data=b"", event=None, on_keepalive=None):
        _, instruction, control, _, _, length = struct.unpack(">BBBBBH", data[:7])
        body = data[7 : 7 + length]
        if instruction == Ctap1.INS.REGISTER:
            return self.register(body[:32], body[32:]) + b"\x90\x00"
        if instruction == Ctap1.INS.AUTHENTICATE:
            return self.authenticate(control, body[:32], body[32:64], body[65:])
        raise ValueError(instruction)

    def register(self, client: bytes, app: bytes) -> bytes:
        key, handle = ec.generate_private_key(ec.SECP256R1()), os.urandom(64)
        self.keys[handle] = (app, key)
        encoding = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        public = key.public_key().public_bytes(*encoding)
        signature = self.maker.sign(b"\0" + app + client + handle + public, ec.ECDSA(hashes.SHA256()))
        return b"\x05" + public + bytes([len(handle)]) + handle + self.certificate + signature

    def authenticate(self, control: int, client: bytes, app: bytes, handle: bytes) -> bytes:
        known, key = self.keys.get(handle, (None, None))
        if known != app:
            return b"\x6a\x80"
        if control == 0x07:
            return b"\x69\x85"
        self.count += 1
        head = b"\x01" + struct.pack(">I", self.count)
        return head + key.sign(app + head + client, ec.ECDSA(hashes.SHA256())) + b"\x90\x00"


class U2fKey:
    """A U2F key behind fido2's clients: by the U2F JavaScript API, and by WebAuthn with its app id."""

    def __init__(self):
        self.device = U2fDevice()
        self.raw = Ctap1(self.device)

    @staticmethod
    def client_data(kind: str, asked: dict, origin: str) -> bytes:
        return json.dumps({"typ": kind, "challenge": asked["challenge"], "origin": origin}).encode()

    def register(self, asked: dict, origin: str) -> dict:
        client = self.client_data("navigator.id.finishEnrollment", asked, origin)
        made = self.raw.register(sha256(client), sha256(asked["appId"].encode()))
        return {"registrationData": made.b64, "clientData": text(client)}

    def sign(self, asked: dict, origin: str) -> dict:
        client = self.client_data("navigator.id.getAssertion", asked, origin)
        made = self.raw.authenticate(sha256(client), sha256(asked["appId"].encode()), data(asked["keyHandle"]))
        return {"signatureData": made.b64, "clientData": text(client), "keyHandle": asked["keyHandle"]}

    def get(self, asked: dict, origin: str) -> dict:
        """As browsers do it (WebAuthn Level 3, 10.1.1): the app id takes the place of the relying party's."""
        asked = asked["publicKey"]
        app = asked["extensions"]["appid"]
        client = Fido2Client(self.device, origin, verify=lambda rp, origin: rp.startswith(origin + "/"))
        made = client.get_assertion({**asked, "rpId": app}).get_response(0)
        response = {
            "clientDataJSON": text(made.client_data),
            "authenticatorData": text(made.authenticator_data),
            "signature": text(made.signature),
        }
        raw = text(made.credential_id)
        results = {"appid": True}
        return {"id": raw, "rawId": raw, "type": "public-key", "response": response, "clientExtensionResults": results}
