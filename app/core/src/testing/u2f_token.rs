//! A U2F key in software, registered by the U2F JavaScript API. It answers as a client would, signs in by WebAuthn too when
//! it is asked by its app id, and lets a test change any one part of an answer before it is signed.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::authenticator::{Asserting, Authenticator, PRESENT, fill};

/// The certificate of the published example and its private key (U2F Raw Message Formats 1.2, 8.1).
const CERTIFICATE: &str = "3082013c3081e4a003020102020a47901280001155957352300a06082a8648ce3d0403023017311530130603550403130c47\
    6e756262792050696c6f74301e170d3132303831343138323933325a170d3133303831343138323933325a3031312f302d0603550403132650696c6f\
    74476e756262792d302e342e312d34373930313238303030313135353935373335323059301306072a8648ce3d020106082a8648ce3d030107034200\
    048d617e65c9508e64bcc5673ac82a6799da3c1446682c258c463fffdf58dfd2fa3e6c378b53d795c4a4dffb4199edd7862f23abaf0203b4b8911ba0\
    569994e101300a06082a8648ce3d0403020347003044022060cdb6061e9c22262d1aac1d96d8c70829b2366531dda268832cb836bcd30dfa0220631b\
    1459f09e6330055722c8d89b7f48883b9089b88d60d1d9795902b30410df";
const ATTESTER: &str = "f3fccc0d00d8031954f90864d43c247f4bf5f0665c6b50cc17749a27d1cf7664";

/// One U2F key, with one key pair.
#[derive(Clone)]
pub struct U2fToken {
    /// Its id is the key handle.
    pub key: Authenticator,
}

/// A registration about to be signed.
pub struct U2fRegistering {
    pub client: Value,
    pub app_id: String,
    pub reserved: u8,
    pub public_key: Vec<u8>,
    pub key_handle: Vec<u8>,
    pub certificate: Vec<u8>,
    /// The private key of the certificate.
    pub attester: Vec<u8>,
    /// Behind the signature.
    pub behind: Vec<u8>,
    /// The answer around it, filled in last unless members are there already.
    pub outer: Value,
}

/// An authentication about to be signed.
pub struct U2fSigning {
    pub client: Value,
    pub app_id: String,
    pub presence: u8,
    pub count: u32,
    /// Behind the signature.
    pub behind: Vec<u8>,
    pub outer: Value,
}

impl U2fToken {
    /// Each seed is another key. Not a zero: that is no private key.
    pub fn new(seed: u8) -> Self {
        Self { key: Authenticator { verifies: false, ..Authenticator::new(seed) } }
    }

    /// Answers `{appId, challenge}`.
    pub fn register(&self, asked: &Value, origin: &str, change: impl FnOnce(&mut U2fRegistering)) -> Value {
        let mut made = U2fRegistering {
            client: client("navigator.id.finishEnrollment", asked, origin),
            app_id: asked["appId"].as_str().expect("an app id").to_owned(),
            reserved: 5,
            public_key: self.key.key().verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            key_handle: self.key.id.clone(),
            certificate: bytes(CERTIFICATE),
            attester: bytes(ATTESTER),
            behind: Vec::new(),
            outer: json!({ "version": "U2F_V2" }),
        };
        change(&mut made);
        made.answer()
    }

    /// Answers `{appId, challenge, keyHandle}`.
    pub fn sign(&mut self, asked: &Value, origin: &str, change: impl FnOnce(&mut U2fSigning)) -> Value {
        let mut made = U2fSigning {
            client: client("navigator.id.getAssertion", asked, origin),
            app_id: asked["appId"].as_str().expect("an app id").to_owned(),
            presence: PRESENT,
            count: self.key.next_count(),
            behind: Vec::new(),
            outer: json!({ "keyHandle": BASE64URL_NOPAD.encode(&self.key.id) }),
        };
        change(&mut made);
        made.answer(&self.key.key())
    }

    /// Answers PublicKeyCredentialRequestOptionsJSON as a browser does for it: by the app id, if that is asked for.
    pub fn get(&mut self, options: &Value, origin: &str, change: impl FnOnce(&mut Asserting)) -> Value {
        let app_id = options["publicKey"]["extensions"]["appid"].as_str().map(str::to_owned);
        self.key.get(options, origin, |made| {
            if let Some(app_id) = app_id {
                made.rp_id = app_id;
                made.outer["clientExtensionResults"]["appid"] = json!(true);
            }
            change(made);
        })
    }
}

impl U2fRegistering {
    fn answer(mut self) -> Value {
        let Self { app_id, reserved, public_key, key_handle, certificate, attester, behind, .. } = &self;
        let client = self.client.to_string();
        let (app, client_hash) = (hash(app_id), hash(&client));
        let signed = [&[0], app.as_slice(), &client_hash, key_handle, public_key].concat();
        let signature: Signature = SigningKey::from_slice(attester).expect("a private key").sign(&signed);
        let length = [u8::try_from(key_handle.len()).expect("a length")];
        let head = [&[*reserved], public_key.as_slice(), &length, key_handle, certificate].concat();
        let data = [head.as_slice(), signature.to_der().as_bytes(), behind].concat();
        fill(&mut self.outer, "registrationData", &data);
        fill(&mut self.outer, "clientData", client.as_bytes());
        self.outer
    }
}

impl U2fSigning {
    fn answer(mut self, key: &SigningKey) -> Value {
        let client = self.client.to_string();
        let head = [&[self.presence][..], &self.count.to_be_bytes()].concat();
        let signature: Signature = key.sign(&[hash(&self.app_id).as_slice(), &head, &hash(&client)].concat());
        fill(&mut self.outer, "signatureData", &[&head, signature.to_der().as_bytes(), &self.behind].concat());
        fill(&mut self.outer, "clientData", client.as_bytes());
        self.outer
    }
}

fn client(typ: &str, asked: &Value, origin: &str) -> Value {
    json!({ "typ": typ, "challenge": asked["challenge"], "origin": origin, "cid_pubkey": "unused" })
}

fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).expect("hex")
}
