//! Does what was asked for. The running portal and the command by itself both come here.

use std::sync::Arc;

use postern_app::client::Clients;
use postern_app::portal::{Answer, Portal, UseCaseError};
use postern_core::model::Refusal;

use super::request::{Reply, Request};

/// `user`: whose command it is, by the operating system's word.
pub async fn act(portal: &Arc<Portal>, request: &Request, user: &str) -> Reply {
    let outcome = attempt(portal, request).await;
    let (result, problem) = match &outcome {
        Ok(_) => ("done", None),
        Err(UseCaseError::Refused(refusal)) => ("refused", Some(refusal.code())),
        Err(UseCaseError::InternalError(_)) => ("fault", None),
    };
    tracing::info!(target: "postern::operator", command = request.name(), user, result, problem, "command");
    match outcome {
        Ok(reply) => reply,
        Err(UseCaseError::Refused(refusal)) => Reply::NotDone(why_not(&refusal)),
        Err(UseCaseError::InternalError(fault)) => {
            tracing::error!(%fault, "what an operator asked for failed");
            Reply::NotDone(fault.to_string())
        }
    }
}

async fn attempt(portal: &Arc<Portal>, request: &Request) -> Answer<Reply> {
    let clients = || Clients::new(Arc::clone(portal));
    match request {
        Request::Check { sealed } => {
            portal.ping_store().await?;
            Ok(if sealed.as_ref().is_some_and(|sealed| portal.opens_canary(sealed)) {
                Reply::Done
            } else {
                Reply::NotDone("it has another master key than this configuration".to_owned())
            })
        }
        Request::List => portal.accounts().await.map(Reply::Accounts),
        Request::Show { address } => portal.account(address).await.map(Reply::Account),
        Request::Why { address, from } => portal.why(address, *from).await.map(Reply::Why),
        Request::Unblock { address } => portal.unblock(address).await.map(done),
        Request::ResetFactors { address } => portal.reset_factors(address).await.map(done),
        Request::EndSessions { address } => portal.end_all_sessions(address).await.map(done),
        Request::Delete { address } => portal.delete_for_operator(address).await.map(done),
        Request::Invite { address } => portal.invite(address).await.map(Reply::Invited),
        Request::ListClients => clients().list().await.map(Reply::Clients),
        Request::DisableClient { key } => clients().disable_for_operator(&key.to_string()).await.map(done),
        Request::DeleteClient { key } => clients().delete_for_operator(&key.to_string()).await.map(done),
    }
}

const fn done((): ()) -> Reply {
    Reply::Done
}

fn why_not(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotEnrolled => "no account has this address".to_owned(),
        Refusal::NoApiKey => "no client has this key".to_owned(),
        Refusal::RotationUnfinished => {
            "users of another client are still on their way to this one: let its owner finish the rotation, or delete the other one first".to_owned()
        }
        Refusal::AddressTaken => "this address has an account already".to_owned(),
        other => format!("refused: {}", other.code()),
    }
}
