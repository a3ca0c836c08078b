//! Counts requests, by the route that answered them: never by the path that was sent, of which there are as many as
//! anybody likes.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use metrics::{counter, histogram};

use crate::figures::{Figures, REQUEST_TIMES, REQUESTS};

/// Of requests that no route answers.
const NO_ROUTE: &str = "none";

pub async fn layer(State(figures): State<Figures>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    // For who goes on with the request in a task of its own.
    request.extensions_mut().insert(figures.clone());
    let method = known(request.method());
    let route = route_of(&request);
    let measured = async {
        let response = next.run(request).await;
        let status = response.status().as_str().to_owned();
        counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status).increment(1);
        histogram!(REQUEST_TIMES, "route" => route).record(begun.elapsed());
        response
    };
    figures.within(measured).await
}

/// The template of the route that answers a request.
pub fn route_of(request: &Request) -> String {
    request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str).to_owned()
}

/// Anybody can make up another.
pub fn known(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}
