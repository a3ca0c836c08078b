//! `/account/keep`: a visit becomes an account.

use leptos::prelude::*;

use super::document::page;
use super::labels::label_of;
use super::views::keep::{KeepRefusal, KeepView, KeptState, KeptView, SCRIPTS, keep};
use crate::portal::{Answer, ClaimableFactor, VisitState};
use crate::web::context::RequestContext;
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
use crate::web::path::Page;
use crate::web::reply::see_other;
use crate::words::keep as words;
use postern_core::factor::{email_code, hotp, totp};
use postern_core::model::{FactorId, FactorKind, Refusal};

const HERE: Page = Page::Keep;

const KEEP: &str = "/forms/account/keep";

pub fn forms() -> Vec<FormRoute> {
    vec![FormRoute::new(KEEP, HERE, keep_visit).repeat("keep")]
}

pub fn keep_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let (portal, visit) = (context.portal(), &context.visit);
    if visit.is_signed_in() {
        see_other(Page::Account);
        return Ok(().into_any());
    }
    let look = context.state().await?;
    let note: Option<FlashMessage> = portal.take_note(visit, HERE).await?;
    let kept = portal.claimable_factors(visit, &look);
    let mail_lately = kept.iter().any(|one| one.record.kind == email_code::KIND && one.lately);
    let address = look.address()?.map(|address| address.to_string());
    let refusal = match (note.as_ref().and_then(FlashMessage::refusal), &address) {
        (Some(Refusal::AddressTaken | Refusal::AddressReplaced { .. }), _) => {
            Some(KeepRefusal::Exists { sign_in: Page::SignIn.path() })
        }
        (Some(Refusal::SignUpClosed), _) => {
            Some(KeepRefusal::NoneMade { support: context.app.support.as_deref().map(str::to_owned) })
        }
        (_, None) => Some(KeepRefusal::NoAddress { prove: Page::EmailCode.path() }),
        (_, Some(_)) if !mail_lately => Some(KeepRefusal::AddressStale { prove: Page::EmailCode.path() }),
        (Some(Refusal::NotPassedLately), _) => Some(KeepRefusal::FactorStale),
        _ => None,
    };
    let factors = kept.into_iter().filter(|one| one.record.kind != email_code::KIND);
    let factors = factors.map(|one| shown(one, &look)).collect();
    let (now, back) = (look.now, Page::Overview.path());
    Ok(keep(KeepView { now, keep: KEEP, back, address, factors, refusal }).into_any())
}

fn shown(ClaimableFactor { record, lately }: ClaimableFactor, look: &VisitState) -> KeptView {
    KeptView {
        id: record.id.to_string(),
        way: label_of(&record.kind),
        passed: look.proved_at(record.id),
        state: if lately {
            KeptState::Fresh { ticked: true }
        } else {
            KeptState::PassFirst { page: door(&record.kind) }
        },
        name: record.name,
    }
}

fn door(kind: &FactorKind) -> &'static str {
    match kind {
        kind if *kind == totp::KIND => Page::Totp.path(),
        kind if *kind == hotp::KIND => Page::Hotp.path(),
        _ => Page::SecurityKeys.path(),
    }
}

/// The form repeats `keep` for each factor that is ticked; none is fine.
async fn keep_visit(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let ticked: Result<Vec<FactorId>, _> = fields.all("keep").iter().map(|id| id.parse()).collect();
    let ticked = ticked.map_err(|_| Refusal::NotPassedLately)?;
    let signed_in = context.portal().keep(&context.visit, &ticked).await?;
    context.signed_in(signed_in).await?;
    Ok((Outcome::AccountMade, Page::Account))
}
