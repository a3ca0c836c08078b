//! `/`.

use leptos::prelude::*;

use super::document::{doors_of, page, session_of};
use super::session::START_OVER;
use super::views::overview::{OverviewView, SCRIPTS, overview};
use crate::portal::Answer;
use crate::web::context::RequestContext;
use crate::web::path::Page;
use crate::words::overview as words;

pub fn overview_page() -> impl IntoView {
    page(Page::Overview, words::TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let look = context.state().await?;
    let keep = look.address()?.filter(|_| look.account().is_none()).map(|_| Page::Keep.path());
    let (doors, session) = (doors_of(&look, None), session_of(&look)?);
    let view = OverviewView { doors, session, start_over: START_OVER, note: None, keep };
    Ok(overview(view).into_any())
}
