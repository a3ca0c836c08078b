//! The OpenAPI document as a program outside reads it, and whether an answer is as it says. Nothing of Postern's own code
//! is in it.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Map, Value};

use crate::browser::Answer;

#[derive(Clone)]
pub struct Description(pub Value);

impl Description {
    /// Every operation: its method, its path with what differs in braces, and what is said of it.
    pub fn operations(&self) -> impl Iterator<Item = (Method, &str, &Value)> {
        self.paths().flat_map(|(path, item)| {
            let methods = item.as_object().expect("an object").iter();
            methods.map(move |(name, said)| (name.to_ascii_uppercase().parse().expect("a method"), path, said))
        })
    }

    fn paths(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0["paths"].as_object().expect("paths").iter().map(|(path, item)| (path.as_str(), item))
    }

    /// What is said of a route, found by a path as it is asked for.
    fn operation(&self, method: &Method, path: &str) -> Option<&Value> {
        let item =
            self.0["paths"].get(path).or_else(|| self.paths().find(|(it, _)| fits_path(it, path)).map(|it| it.1));
        item?.get(method.as_str().to_ascii_lowercase())
    }

    /// Follows references to the schema that is meant.
    pub fn schema<'d>(&'d self, schema: &'d Value) -> &'d Value {
        match schema["$ref"].as_str() {
            Some(named) => self.schema(self.0.pointer(&named[1..]).unwrap_or_else(|| panic!("{named} is nowhere"))),
            None => schema,
        }
    }

    /// The members of an object, wherever in its schema they stand.
    pub fn members<'d>(&'d self, schema: &'d Value) -> BTreeMap<&'d str, &'d Value> {
        let schema = self.schema(schema);
        let own = schema["properties"].as_object().into_iter().flatten().map(|(name, it)| (name.as_str(), it));
        let parts = ["allOf", "oneOf"].into_iter().filter_map(|parts| schema[parts].as_array()).flatten();
        own.chain(parts.flat_map(|part| self.members(part))).collect()
    }

    /// An answer of a route for programs is one of those that its description lists.
    #[track_caller]
    pub fn check(&self, method: &Method, path: &str, answer: &Answer) {
        // What no route has is told everywhere in the same way, and so is what is our own fault.
        if matches!(answer.status, 404 | 405) && self.operation(method, path).is_none() || answer.status == 500 {
            return;
        }
        let what = format!("{method} {path}: {} {}", answer.status, answer.body);
        let operation = self.operation(method, path).unwrap_or_else(|| panic!("not described: {what}"));
        let response = &operation["responses"][answer.status.to_string()];
        assert!(response.is_object(), "its description has no such status: {what}");
        let Some(content) = response["content"].as_object() else {
            assert!(answer.body.is_empty(), "its description has no body: {what}");
            return;
        };
        let kind = answer.header("content-type").expect("a type");
        let schema = &content.get(kind).unwrap_or_else(|| panic!("{kind} is not described: {what}"))["schema"];
        let is_text = kind.starts_with("text/plain");
        let body = if is_text { Value::String(answer.body.clone()) } else { answer.json() };
        let wrong = self.misfit(schema, &body);
        assert!(wrong.is_none(), "{}: {what}", wrong.unwrap_or_default());
        let waits = answer.header("retry-after").is_none() || response["headers"]["Retry-After"].is_object();
        assert!(waits, "its description has no Retry-After: {what}");
    }

    /// What a value has that its schema does not allow, as far as our schemas go. Members that are not described count.
    pub fn misfit(&self, schema: &Value, value: &Value) -> Option<String> {
        let schema = self.schema(schema);
        if let Some(allowed) = schema["enum"].as_array().filter(|allowed| !allowed.contains(value)) {
            return Some(format!("{value} is none of {allowed:?}"));
        }
        if !has_type(&schema["type"], value) {
            return Some(format!("{value} is no {}", schema["type"]));
        }
        if let Some(any) = schema["oneOf"].as_array() {
            return any.iter().all(|one| self.misfit(one, value).is_some()).then(|| format!("{value} is none of them"));
        }
        match value {
            Value::Object(members) => self.misfit_of_object(schema, members),
            Value::Array(items) => items.iter().find_map(|item| self.misfit(&schema["items"], item)),
            _ => None,
        }
    }

    fn misfit_of_object(&self, schema: &Value, members: &Map<String, Value>) -> Option<String> {
        let parts = schema["allOf"].as_array().into_iter().flatten().map(|part| self.schema(part));
        let mut needed = std::iter::once(schema).chain(parts).filter_map(|part| part["required"].as_array()).flatten();
        if let Some(missing) = needed.find(|name| !members.contains_key(name.as_str().unwrap_or_default())) {
            return Some(format!("{missing} is missing"));
        }
        let described = self.members(schema);
        members.iter().find_map(|(name, value)| match described.get(name.as_str()) {
            Some(schema) => self.misfit(schema, value),
            None if described.is_empty() => None,
            None => Some(format!("{name} is not described")),
        })
    }
}

fn fits_path(template: &str, path: &str) -> bool {
    let (parts, asked) = (template.split('/'), path.split('/'));
    parts.clone().count() == asked.clone().count()
        && parts.zip(asked).all(|(it, part)| it.starts_with('{') || it == part)
}

fn has_type(types: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => value.is_null(),
    };
    match types {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}
