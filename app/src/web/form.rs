//! Forms: a [`FormRoute`] is where one is posted to and what it does. The process mounts them all in one way; there is no
//! other way to handle a form of a session (see `docs/decisions/forms.md`).

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use http::HeaderValue;
use percent_encoding::percent_decode;
use serde::Serialize;

use super::context::RequestContext;
use super::flash::{EchoedFields, Outcome};
use super::path::Page;
use super::reply::{done_well, refused};
use crate::portal::{Answer, UseCaseError};
use postern_core::model::{Code, Refusal, Secret};

/// Fields of one form, in number: the most are 255 public keys for the shares of a quorum.
const MAX_FIELDS: usize = 512;

/// The fields of a form (`application/x-www-form-urlencoded`, WHATWG URL 5.1), as they were typed.
pub struct FormFields(HashMap<String, Vec<String>>);

/// A body that is no form of ours: not UTF-8, a field twice that is there once, or more fields than any form has.
#[derive(Debug, thiserror::Error)]
#[error("not a form")]
pub struct NotAForm;

impl FormFields {
    /// `repeated` may come more than once.
    pub fn read(body: &[u8], repeated: Option<&str>) -> Result<Self, NotAForm> {
        let mut fields: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in pairs(body)? {
            fields.entry(name).or_default().push(value);
        }
        let once = |(name, values): (&String, &Vec<String>)| values.len() == 1 || repeated == Some(name);
        if fields.iter().all(once) { Ok(Self(fields)) } else { Err(NotAForm) }
    }

    /// What stands in a field; empty where the form has none of that name.
    pub fn text(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    /// As [`text`](Self::text), of a field that must not be blank.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        Some(self.text(name)).filter(|text| !text.trim().is_empty()).ok_or(Refusal::Missing)
    }

    /// What stands in a field, without white space around it; `None` where nothing does.
    pub fn optional(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty())
    }

    /// Every value of a repeated field.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// A number; `None` where the field is blank. `setting` is what a refusal names.
    pub fn number<T: FromStr>(&self, name: &str, setting: &str) -> Result<Option<T>, Refusal> {
        let number = self.optional(name).map(str::parse).transpose();
        number.map_err(|_| Refusal::BadSetting(setting.to_owned()))
    }

    /// A one-time code.
    pub fn code(&self, name: &str) -> Result<Code, Refusal> {
        self.required(name)?.parse().map_err(|_| Refusal::NotACode)
    }
}

impl fmt::Debug for FormFields {
    /// Fields hold codes and secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[form]")
    }
}

/// The names and values of a form in the order in which they stand there.
pub fn pairs(body: &[u8]) -> Result<Vec<(String, String)>, NotAForm> {
    let parts: Vec<&[u8]> = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).collect();
    if parts.len() > MAX_FIELDS {
        return Err(NotAForm);
    }
    let pair = |part: &[u8]| {
        let mut sides = part.splitn(2, |byte| *byte == b'=');
        let (name, value) = (sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
        Ok((decode(name)?, decode(value)?))
    };
    parts.into_iter().map(pair).collect()
}

fn decode(text: &[u8]) -> Result<String, NotAForm> {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    String::from_utf8(percent_decode(&spaced).collect()).map_err(|_| NotAForm)
}

/// What a form answers.
#[derive(Debug)]
pub enum FormResponse {
    /// 303 See Other, with a message for the page.
    SeeOther(Outcome, Page),
    /// A page that is the answer itself and is never shown again: what is on it may stand in no redirect and no store.
    Html(Secret<String>),
    /// A file with JSON, to be saved under that name.
    File { name: &'static str, json: Vec<u8> },
}

impl FormResponse {
    pub fn file(name: &'static str, content: &impl Serialize) -> Self {
        // Plain structs of strings and numbers always encode.
        Self::File { name, json: serde_json::to_vec(content).unwrap_or_default() }
    }
}

impl From<(Outcome, Page)> for FormResponse {
    fn from((done, page): (Outcome, Page)) -> Self {
        Self::SeeOther(done, page)
    }
}

/// What the process sends.
#[derive(Debug)]
pub struct FormReply {
    pub content: FormContent,
    /// The device cookie, after a sign-in.
    pub cookie: Option<HeaderValue>,
}

/// As [`FormResponse`], after the message was left for its page.
#[derive(Debug)]
pub enum FormContent {
    SeeOther(Page),
    Html(Secret<String>),
    File { name: &'static str, json: Vec<u8> },
}

type Handler =
    dyn Fn(RequestContext, FormFields) -> Pin<Box<dyn Future<Output = Answer<FormResponse>> + Send>> + Send + Sync;

/// Where a form is posted to, and what it does.
pub struct FormRoute {
    pub path: &'static str,
    /// The page that tells of a refusal.
    page: Page,
    handler: Box<Handler>,
    /// Fields that the page shows again after a refusal. A field that is not named here is never echoed.
    echoed: &'static [&'static str],
    /// What the page is told of every refusal beside.
    marks: EchoedFields,
    /// The field that may come more than once.
    repeated: Option<&'static str>,
}

impl FormRoute {
    pub fn new<F, R>(
        path: &'static str,
        page: Page,
        handler: impl Fn(RequestContext, FormFields) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Answer<R>> + Send + 'static,
        R: Into<FormResponse>,
    {
        let handler: Box<Handler> = Box::new(move |context, fields| {
            let answer = handler(context, fields);
            Box::pin(async { answer.await.map(Into::into) })
        });
        Self { path, page, handler, echoed: &[], marks: EchoedFields::new(), repeated: None }
    }

    /// Shows these fields again after a refusal, and after a factor had to be passed first.
    #[must_use]
    pub fn echo(self, echoed: &'static [&'static str]) -> Self {
        Self { echoed, ..self }
    }

    /// Tells the page this with every refusal, so that it knows which of its forms was refused.
    #[must_use]
    pub fn mark(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.marks.push((name.into(), value.into()));
        self
    }

    /// Takes this field once for each of several things.
    #[must_use]
    pub fn repeat(self, field: &'static str) -> Self {
        Self { repeated: Some(field), ..self }
    }

    pub fn read(&self, body: &[u8]) -> Result<FormFields, NotAForm> {
        FormFields::read(body, self.repeated)
    }

    /// Does what the form asks. A refusal goes back to the form's page, with what may be shown again; that the network
    /// has begun too many sessions is answered at once, as the message would need one.
    pub async fn submit(&self, context: RequestContext, fields: FormFields) -> Answer<FormReply> {
        let echoed = self.echoed.iter().map(|name| ((*name).into(), fields.text(name).to_owned()));
        let typed = self.marks.iter().cloned().chain(echoed).collect();
        let content = match (self.handler)(context.clone(), fields).await {
            Ok(FormResponse::SeeOther(done, page)) => FormContent::SeeOther(done_well(&context, done, page).await),
            Ok(FormResponse::Html(html)) => FormContent::Html(html),
            Ok(FormResponse::File { name, json }) => FormContent::File { name, json },
            Err(no @ (UseCaseError::InternalError(_) | UseCaseError::Refused(Refusal::TooManySessions { .. }))) => {
                return Err(no);
            }
            Err(UseCaseError::Refused(refusal)) => {
                FormContent::SeeOther(refused(&context, self.page, typed, refusal).await?)
            }
        };
        Ok(FormReply { content, cookie: context.take_device_cookie() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_read_as_browsers_send_them() {
        let body = b"code=+123+456&name=%C3%A9%26b&&keep=1&keep=2&empty=&bare";
        let fields = FormFields::read(body, Some("keep")).expect("a form");
        assert_eq!(fields.text("code"), " 123 456");
        assert_eq!(fields.text("name"), "\u{e9}&b");
        assert_eq!(fields.all("keep"), ["1", "2"]);
        assert_eq!((fields.text("empty"), fields.text("bare"), fields.text("missing")), ("", "", ""));
        assert_eq!(fields.required("empty"), Err(Refusal::Missing));
        assert!(fields.code("code").is_ok());
        assert!(matches!(fields.code("name"), Err(Refusal::NotACode)));
        assert_eq!(fields.number::<u8>("missing", "digits"), Ok(None));
        assert_eq!(fields.number::<u8>("name", "digits"), Err(Refusal::BadSetting("digits".to_owned())));
    }

    #[test]
    fn other_bytes_repeated_fields_and_too_many_of_them_are_no_form() {
        assert!(FormFields::read(b"name=%FF", None).is_err());
        assert!(FormFields::read(b"\xff=1", None).is_err());
        assert!(FormFields::read(b"a=1&b=2&a=1", Some("b")).is_err());
        assert!(FormFields::read("a=1&".repeat(MAX_FIELDS).as_bytes(), Some("a")).is_ok());
        assert!(FormFields::read("a=1&".repeat(MAX_FIELDS + 1).as_bytes(), Some("a")).is_err());
    }

    #[test]
    fn fields_are_not_printed() {
        let fields = FormFields::read(b"code=123456", None).expect("a form");
        assert_eq!(format!("{fields:?}"), "[form]");
    }
}
