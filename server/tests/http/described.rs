//! The description of the routes for programs: it has every route, and what it says of them is sound. That answers are as
//! it says is checked wherever a test asks such a route.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use postern_core::testing::MemoryStore;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Place, TestApp};
use crate::described_by::Description;
use crate::wired::{Wired, templates};

/// Under `/api/`, but for people.
const PAGES: [&str; 1] = ["/api/docs"];

type Routes = BTreeSet<(String, String)>;

async fn description() -> Description {
    Description(wired().await.browser().await.get("/api/openapi.json").await.expect(200))
}

async fn wired() -> Wired {
    Wired::over(Arc::new(MemoryStore::default()), true).await
}

/// The routes for programs, by the router's own word.
fn served(router: &Router) -> Routes {
    let for_programs =
        |path: &str| path.starts_with("/api/") && !PAGES.contains(&path) || ["/healthz", "/readyz"].contains(&path);
    let routes = templates(router).into_iter().filter(|(path, _)| for_programs(path));
    let each = routes.flat_map(|(path, methods)| methods.into_iter().map(move |method| (path.clone(), method)));
    // Whoever takes GET takes HEAD.
    each.filter(|(_, method)| *method != Method::HEAD).map(|(path, method)| (path, method.to_string())).collect()
}

fn described(description: &Description) -> Routes {
    description.operations().map(|(method, path, _)| (path.to_owned(), method.to_string())).collect()
}

#[tokio::test]
async fn every_route_for_programs_is_described_and_nothing_else_is() {
    let (wired, description) = (wired().await, description().await);
    assert_eq!(served(&wired.router), described(&description));
    assert!(described(&description).len() >= 20, "{description:?}", description = described(&description));
}

#[tokio::test]
async fn a_route_that_is_not_described_is_found_out() {
    let (wired, description) = (wired().await, described(&description().await));
    let hidden = |path: &str, router: Router| {
        let found: Vec<_> = served(&router).difference(&description).cloned().collect();
        assert_eq!(found, [(path.to_owned(), "GET".to_owned())]);
    };
    for path in ["/api/hidden", "/api/v1/mfa/{uuid}/hidden", "/api/docs/hidden"] {
        hidden(path, wired.router.clone().route(path, get(async || ())));
    }
    hidden("/api/v1/totp", wired.router.clone().route("/api/v1/totp", get(async || ())));
}

#[tokio::test]
async fn an_answer_that_is_not_as_described_is_found_out() {
    let description = description().await;
    let schema = &description.0["components"]["schemas"]["Session"];
    let factor = json!({ "kind": "totp", "id": "A", "name": "App", "created_at": "t", "last_used_at": null });
    let right = json!({ "created_at": "t", "expires_at": "t", "level": 2, "factors": [factor] });
    assert_eq!(description.misfit(schema, &right), None);
    for (at, value) in [
        ("/level", json!("2")),
        ("/level", json!(null)),
        ("/level", json!(1.5)),
        ("/factors", json!({})),
        ("/factors/0", json!([])),
        ("/factors/0", json!({ "kind": "totp" })),
        ("/factors/0/kind", json!("password")),
        ("/factors/0/last_used_at", json!(7)),
    ] {
        let mut wrong = right.clone();
        *wrong.pointer_mut(at).expect(at) = value;
        assert!(description.misfit(schema, &wrong).is_some(), "{wrong}");
    }
    let mut more = right.clone();
    more["factors"][0]["secret"] = json!("told");
    assert!(description.misfit(schema, &more).is_some_and(|why| why.contains("secret")));
}

#[tokio::test]
async fn every_operation_says_what_it_does_takes_and_answers() {
    let description = description().await;
    let tags: Vec<&Value> = description.0["tags"].as_array().expect("tags").iter().map(|tag| &tag["name"]).collect();
    let schemes = description.0["components"]["securitySchemes"].as_object().expect("schemes");
    let (mut ids, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (method, path, operation) in description.operations() {
        let what = format!("{method} {path}");
        let id = operation["operationId"].as_str().expect(&what);
        assert!(ids.insert(id) && id.bytes().all(|b| b.is_ascii_alphanumeric()), "{what}: {id}");
        let summary = operation["summary"].as_str().expect(&what);
        assert!(!summary.is_empty() && !summary.ends_with('.'), "{what}: {summary}");
        let tag = operation["tags"].as_array().expect(&what);
        assert!(tag.len() == 1 && tags.contains(&&tag[0]), "{what}: {tag:?}");
        used.insert(tag[0].as_str());
        for scheme in operation["security"].as_array().expect(&what).iter().flat_map(|it| it.as_object().expect(&what))
        {
            assert!(schemes.contains_key(scheme.0), "{what}: {scheme:?}");
        }
        let parameters = operation["parameters"].as_array().map_or(0, Vec::len);
        assert!(parameters >= path.matches('{').count(), "{what}: what differs in its path is described");
        for (status, response) in operation["responses"].as_object().expect(&what) {
            assert!(response["description"].as_str().is_some_and(|said| said.ends_with('.')), "{what}: {status}");
            let problem = &response["content"]["application/problem+json"];
            assert_eq!(
                problem.is_object(),
                status.starts_with('4') || status.starts_with('5') && path != "/readyz",
                "{what}: {status}"
            );
            let types = &problem["schema"]["allOf"][1]["properties"]["type"];
            assert!(problem.is_null() || types["enum"][0].is_string(), "{what}: {status}");
        }
    }
    assert_eq!(used.len(), tags.len(), "a tag that nothing has: {tags:?}");
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_schema_is_led_to() {
    let description = description().await;
    let mut led_to = BTreeSet::new();
    references(&description, &description.0["paths"], &mut led_to);
    let schemas = description.0["components"]["schemas"].as_object().expect("schemas");
    for (name, schema) in schemas {
        assert!(led_to.contains(&format!("#/components/schemas/{name}")), "nothing is a {name}");
        let members = description.members(schema);
        assert!(members.is_empty() || schema["description"].is_string(), "{name} says nothing of itself");
    }
}

fn references(description: &Description, value: &Value, led_to: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(to) = members.get("$ref").and_then(Value::as_str)
                && led_to.insert(to.to_owned())
            {
                references(description, description.schema(value), led_to);
            }
            members.values().for_each(|member| references(description, member, led_to));
        }
        Value::Array(items) => items.iter().for_each(|item| references(description, item, led_to)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_names_version_licence_origin_and_cookie_and_needs_no_session() {
    let about = |document: &Value| {
        let scheme = &document["components"]["securitySchemes"]["session"];
        (document["servers"][0]["url"].clone(), scheme["name"].clone(), scheme["in"].clone())
    };
    let (plain, https) = (TestApp::open(Place::Embedded).await, TestApp::https(Place::Embedded).await);
    for (app, cookie) in [(&plain, "postern"), (&https, "__Host-postern")] {
        let mut program = app.program();
        let answer = program.get("/api/openapi.json").await;
        let document = answer.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(about(&document), (app.origin.as_str().into(), cookie.into(), "cookie".into()));
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(document["info"]["license"]["identifier"], env!("CARGO_PKG_LICENSE"));
        // As the portal is set.
        for at in ["DealShares/properties/shares/maximum", "DealShares/properties/recipients/maxItems"] {
            let most = document.pointer(&format!("/components/schemas/{at}"));
            assert_eq!(most.and_then(Value::as_f64), Some(32.0), "{at}");
        }
        let page = program.get("/api/docs").await;
        assert_eq!(page.status, 200);
        assert!(program.cookies.is_empty(), "no session begins");
        // What the page loads is there, and it is all ours.
        let mut loaded = page.attributes("link[href]", "href");
        loaded.extend(page.attributes("script", "src"));
        assert!(loaded.len() == 5 && !page.body.contains("://"), "{}", page.body);
        for path in loaded {
            let file = program.get(&path).await;
            assert!(file.status == 200 && file.body.len() > 100, "{path}");
        }
    }
}
