//! A security key in software. It answers as a browser would, and lets a test change any one part of an answer before it
//! is signed, so that whatever is refused is refused for that part alone.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_cbor_2::Value as Cbor;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const PRESENT: u8 = 0x01;
pub const VERIFIED: u8 = 0x04;
pub const BACKUP_ELIGIBLE: u8 = 0x08;
pub const BACKED_UP: u8 = 0x10;
pub const ATTESTED: u8 = 0x40;
pub const EXTENSIONS: u8 = 0x80;

/// One key with one credential.
#[derive(Clone)]
pub struct Authenticator {
    /// The private key.
    pub secret: [u8; 32],
    pub id: Vec<u8>,
    /// Counts up with every signature; a key that stays at zero has `counts` off.
    pub count: u32,
    pub counts: bool,
    pub verifies: bool,
    /// Backup flags.
    pub backup: u8,
    pub transports: Vec<&'static str>,
    /// Of a passkey: the `user.id` it was made under, told with every assertion.
    pub user_handle: Option<String>,
}

/// A registration about to be answered.
pub struct Registering {
    pub client: Value,
    pub rp_id: String,
    pub flags: u8,
    pub count: u32,
    /// As the authenticator data has it.
    pub id: Vec<u8>,
    pub public_key: Cbor,
    /// Takes the place of the public key, byte by byte.
    pub public_key_bytes: Option<Vec<u8>>,
    /// Behind the public key.
    pub behind: Vec<u8>,
    pub format: &'static str,
    pub statement: Cbor,
    /// Behind the attestation object.
    pub after: Vec<u8>,
    /// The answer around it; its `response` is filled in last, unless members are there already.
    pub outer: Value,
}

/// An assertion about to be signed.
pub struct Asserting {
    pub client: Value,
    pub rp_id: String,
    pub flags: u8,
    pub count: u32,
    /// Behind the authenticator data, and signed with it.
    pub behind: Vec<u8>,
    pub outer: Value,
}

impl Authenticator {
    /// Each seed is another key. Not a zero: that is no private key.
    pub fn new(seed: u8) -> Self {
        Self {
            secret: [seed; 32],
            id: vec![seed; 32],
            count: 0,
            counts: true,
            verifies: true,
            backup: 0,
            transports: vec!["usb"],
            user_handle: None,
        }
    }

    /// Answers PublicKeyCredentialCreationOptionsJSON.
    pub fn create(&mut self, options: &Value, origin: &str, change: impl FnOnce(&mut Registering)) -> Value {
        let asked = &options["publicKey"];
        let id = BASE64URL_NOPAD.encode(&self.id);
        self.user_handle = asked["user"]["id"].as_str().map(str::to_owned);
        let mut made = Registering {
            client: client("webauthn.create", &asked["challenge"], origin),
            rp_id: asked["rp"]["id"].as_str().expect("a relying party").to_owned(),
            flags: self.flags() | ATTESTED,
            count: self.next_count(),
            id: self.id.clone(),
            public_key: self.public_key(),
            public_key_bytes: None,
            behind: Vec::new(),
            format: "none",
            statement: Cbor::Map(BTreeMap::new()),
            after: Vec::new(),
            outer: json!({
                "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
                "response": { "transports": self.transports },
            }),
        };
        change(&mut made);
        made.answer()
    }

    /// Answers PublicKeyCredentialRequestOptionsJSON.
    pub fn get(&mut self, options: &Value, origin: &str, change: impl FnOnce(&mut Asserting)) -> Value {
        let asked = &options["publicKey"];
        let id = BASE64URL_NOPAD.encode(&self.id);
        let mut made = Asserting {
            client: client("webauthn.get", &asked["challenge"], origin),
            rp_id: asked["rpId"].as_str().expect("a relying party").to_owned(),
            flags: self.flags(),
            count: self.next_count(),
            behind: Vec::new(),
            outer: json!({
                "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
                "response": { "userHandle": self.user_handle },
            }),
        };
        change(&mut made);
        made.answer(&self.key())
    }

    pub(super) fn key(&self) -> SigningKey {
        SigningKey::from_slice(&self.secret).expect("a private key")
    }

    fn flags(&self) -> u8 {
        PRESENT | self.backup | if self.verifies { VERIFIED } else { 0 }
    }

    pub(super) fn next_count(&mut self) -> u32 {
        self.count += u32::from(self.counts);
        self.count
    }

    /// ES256 on P-256 (RFC 9053 2.1).
    fn public_key(&self) -> Cbor {
        let point = self.key().verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().expect("a point").to_vec(), point.y().expect("a point").to_vec());
        let int = Cbor::Integer;
        let members = [(1, int(2)), (3, int(-7)), (-1, int(1)), (-2, Cbor::Bytes(x)), (-3, Cbor::Bytes(y))];
        Cbor::Map(members.into_iter().map(|(name, value)| (Cbor::Integer(name), value)).collect())
    }
}

impl Registering {
    /// Takes the place of one member of the public key.
    pub fn set_in_key(&mut self, member: i128, value: Cbor) {
        if let Cbor::Map(key) = &mut self.public_key {
            key.insert(Cbor::Integer(member), value);
        }
    }

    fn answer(mut self) -> Value {
        let mut data = head(&self.rp_id, self.flags, self.count);
        if self.flags & ATTESTED != 0 {
            data.extend([0; 16]);
            data.extend(u16::try_from(self.id.len()).expect("a length").to_be_bytes());
            data.extend(&self.id);
            let encoded = || serde_cbor_2::to_vec(&self.public_key).expect("CBOR");
            data.extend(self.public_key_bytes.clone().unwrap_or_else(encoded));
        }
        data.extend(&self.behind);
        let text = |text: &str| Cbor::Text(text.to_owned());
        let object = Cbor::Map(BTreeMap::from([
            (text("fmt"), text(self.format)),
            (text("attStmt"), self.statement),
            (text("authData"), Cbor::Bytes(data)),
        ]));
        let mut object = serde_cbor_2::to_vec(&object).expect("CBOR");
        object.extend(&self.after);
        fill(&mut self.outer["response"], "clientDataJSON", self.client.to_string().as_bytes());
        fill(&mut self.outer["response"], "attestationObject", &object);
        self.outer
    }
}

impl Asserting {
    fn answer(mut self, key: &SigningKey) -> Value {
        let mut data = head(&self.rp_id, self.flags, self.count);
        data.extend(&self.behind);
        let client = self.client.to_string();
        let signed = [data.as_slice(), &Sha256::digest(client.as_bytes())].concat();
        let signature: Signature = key.sign(&signed);
        fill(&mut self.outer["response"], "clientDataJSON", client.as_bytes());
        fill(&mut self.outer["response"], "authenticatorData", &data);
        fill(&mut self.outer["response"], "signature", signature.to_der().as_bytes());
        self.outer
    }
}

fn client(kind: &str, challenge: &Value, origin: &str) -> Value {
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false })
}

fn head(rp_id: &str, flags: u8, count: u32) -> Vec<u8> {
    [Sha256::digest(rp_id.as_bytes()).as_slice(), &[flags], &count.to_be_bytes()].concat()
}

pub(super) fn fill(answer: &mut Value, member: &str, bytes: &[u8]) {
    let answer = answer.as_object_mut().expect("an object");
    answer.entry(member).or_insert_with(|| BASE64URL_NOPAD.encode(bytes).into());
}
