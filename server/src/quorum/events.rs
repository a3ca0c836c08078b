//! The live progress of a session (server-sent events, WHATWG HTML 9.2). Every process looks into the store at a calm pace,
//! so that it does not matter where shares arrive. Streams are bounded and end when the process stops.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, stream};
use http::{HeaderName, HeaderValue, StatusCode, header};
use postern_app::pages::quorum::{self as pages, Over};
use postern_app::portal::UseCaseError as Unable;
use postern_app::quorum::{Progress, Quorum, Refusal, SessionId, UseCaseError};
use postern_app::web::context::AppState;
use postern_core::model::Network;
use tokio::sync::watch;

use super::{answer, path_of};
use crate::http::outcome;

/// Between two looks into the store.
const PACE: Duration = Duration::from_secs(1);
/// Streams at once, of one network and in all.
const PER_NETWORK: usize = 32;
const IN_ALL: usize = 512;
/// Seconds after which somebody may try again who found too many.
const FULL: u64 = 30;

/// The streams that are open.
#[derive(Clone, Debug)]
pub struct Streams {
    open: Arc<Mutex<HashMap<Network, usize>>>,
    closing: Arc<watch::Sender<bool>>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { open: Arc::default(), closing: Arc::new(watch::Sender::new(false)) }
    }
}

impl Streams {
    /// Ends every one of them, and those to come.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Room for one more, if there is.
    fn enter(&self, network: Network) -> Option<Room> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (here, all) = (open.get(&network).copied().unwrap_or_default(), open.values().sum::<usize>());
        if here >= PER_NETWORK || all >= IN_ALL {
            return None;
        }
        open.insert(network, here + 1);
        Some(Room { streams: self.clone(), network })
    }
}

/// The place of one stream.
struct Room {
    streams: Streams,
    network: Network,
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        let left = open.get(&self.network).map_or(0, |here| here - 1);
        if left == 0 {
            open.remove(&self.network);
        } else {
            open.insert(self.network, left);
        }
    }
}

pub async fn events(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Extension(streams): Extension<Streams>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<SessionId>() else { return answer(pages::over_page(&app, Over::Unknown)) };
    let progress = match app.quorum.progress(&id).await {
        Ok(progress) => progress,
        Err(UseCaseError::Refused(Refusal::Over)) => return answer(pages::over_page(&app, Over::Over)),
        Err(UseCaseError::Refused(_)) => return answer(pages::over_page(&app, Over::Unknown)),
        Err(UseCaseError::InternalError(fault)) => {
            return outcome::no(&Unable::InternalError(fault), &app, &path_of(&id));
        }
    };
    let Some(room) = streams.enter(network) else {
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, HeaderValue::from(FULL))]).into_response();
    };
    let watched = Watched { quorum: app.quorum, id, told: None, next: Some(progress), over: false, room };
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // Proxies that gather answers would tell nothing for long.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Sse::new(watched.told()).keep_alive(KeepAlive::default())).into_response()
}

/// A session under somebody's eyes.
struct Watched {
    quorum: Quorum,
    id: SessionId,
    /// What was told last.
    told: Option<String>,
    /// What was found and is not looked at yet.
    next: Option<Progress>,
    over: bool,
    room: Room,
}

impl Watched {
    fn told(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, async |mut watched| {
            let event = watched.next_event().await?;
            Some((Ok(event), watched))
        })
    }

    /// The next thing to tell; `None` when there will be no more.
    async fn next_event(&mut self) -> Option<Event> {
        let mut closing = self.room.streams.closing.subscribe();
        while !self.over {
            if let Some(progress) = self.next.take() {
                let told = progress.told();
                if self.told.as_ref() != Some(&told) {
                    self.told = Some(told.clone());
                    return Some(Event::default().event("progress").data(told));
                }
            }
            tokio::select! {
                () = tokio::time::sleep(PACE) => {}
                _ = closing.wait_for(|closing| *closing) => return None,
            }
            match self.quorum.progress(&self.id).await {
                Ok(progress) => self.next = Some(progress),
                Err(UseCaseError::Refused(_)) => self.over = true,
                // Its page tells; the next look may find more.
                Err(UseCaseError::InternalError(_)) => {}
            }
            if self.over {
                return Some(Event::default().event("over").data("over"));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn network(last: u8) -> Network {
        IpAddr::from([192, 0, 2, last]).into()
    }

    #[test]
    fn streams_are_bounded_by_network_and_in_all_and_make_room_when_they_end() {
        let streams = Streams::default();
        let mut of_one: Vec<_> = (0..PER_NETWORK).map(|_| streams.enter(network(0)).expect("room")).collect();
        assert!(streams.enter(network(0)).is_none());
        of_one.pop();
        of_one.push(streams.enter(network(0)).expect("room again"));
        let mut all = Vec::new();
        for last in 1.. {
            match (0..PER_NETWORK).map(|_| streams.enter(network(last))).collect::<Option<Vec<_>>>() {
                Some(rooms) => all.push(rooms),
                None => break,
            }
        }
        assert_eq!(of_one.len() + all.iter().map(Vec::len).sum::<usize>(), IN_ALL);
        drop((of_one, all));
        assert!(streams.open.lock().expect("whole").is_empty());
    }
}
