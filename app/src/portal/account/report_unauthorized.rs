//! "This was not me": the link in every letter with news. What it names is sealed into it; that it is used up stands in
//! the account's record.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::super::mail_code::address_of;
use super::super::{Answer, InternalError, Portal, UseCaseError};
use super::index::{UniqueKey, credentials};
use super::{Act, ChangeOrigin, Notifications, is_live};
use postern_core::factor::email_code::{self, KIND as EMAIL};
use postern_core::factor::{self, Unreadable, recovery_codes};
use postern_core::model::{
    EventKind, FactorId, FactorRecord, Grade, Holder, HolderId, MailAddress, Refusal, Timestamp, Visit,
};
use postern_core::port::{Key, SideEffects};
use postern_core::rules::limits;

/// What is sealed into a link.
#[derive(Serialize, Deserialize)]
struct Ticket {
    holder: HolderId,
    what: EventKind,
    at: Timestamp,
    network: String,
    /// The mail factor whose mailbox the letter went to.
    #[serde(default)]
    address: Option<FactorId>,
    /// The account's when the letter was written.
    #[serde(default)]
    epoch: u64,
    ends: Timestamp,
}

/// What a link is about, and what following it does beside what every link does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketDetails {
    pub what: EventKind,
    pub at: Timestamp,
    pub network: String,
    /// It makes the address to which the letter went the account's again.
    pub restores_address: bool,
}

impl Ticket {
    fn restores(&self, holder: &Holder, now: Timestamp) -> bool {
        self.replaced_at(holder, now).is_some()
    }

    /// When the address to which the letter went was replaced, if it can be restored.
    fn replaced_at(&self, holder: &Holder, now: Timestamp) -> Option<Timestamp> {
        let mut former = holder.account.iter().flat_map(|account| account.former_addresses(now));
        former.find(|former| Some(former.record.id) == self.address).map(|former| former.replaced_at)
    }

    /// Whether the link still does something to this account. One from an address that can be restored does, whatever
    /// links of other letters did meanwhile: whoever changed the address has such links, too.
    fn check(&self, holder: &Holder, now: Timestamp) -> Result<(), Refusal> {
        let account = holder.account.as_ref().ok_or(Refusal::TicketOver)?;
        let is_unused = account.report_epoch == self.epoch;
        if is_unused || self.restores(holder, now) { Ok(()) } else { Err(Refusal::TicketUsed) }
    }
}

/// What "this was not me" did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnauthorizedReport {
    pub frozen_until: Timestamp,
    pub sessions_ended: usize,
    /// Names of what was added in the hour before: factors, and the recovery codes.
    pub removed: Vec<String>,
    /// The address that is the account's again.
    pub restored: Option<MailAddress>,
    /// Whether a second factor is left, with which the freeze can be lifted.
    pub has_second_factor: bool,
}

/// The longest text that can be a ticket; ours have some 350 characters.
const LONGEST: usize = 800;

fn place() -> Key {
    Key::new("letters", "this-was-not-me")
}

impl Portal {
    /// A ticket as it stands in a link, in a letter to the address that the holder has now.
    pub(super) fn ticket(
        &self,
        holder: &Holder,
        origin: &ChangeOrigin<'_>,
        what: EventKind,
        now: Timestamp,
    ) -> Result<String, InternalError> {
        let address = holder.only(&EMAIL).map(|record| record.id);
        let epoch = holder.account.as_ref().map(|account| account.report_epoch).unwrap_or_default();
        let lasts = if what == EventKind::AddressReplaced { limits::ADDRESS_RESTORABLE } else { limits::NEWS_LASTS };
        let network = origin.network.to_owned();
        let ticket = Ticket { holder: origin.holder, what, at: now, network, address, epoch, ends: now + lasts };
        Ok(BASE64URL_NOPAD.encode(&self.records.seal(&place(), &ticket)?))
    }

    /// What a link is about. Refuses one that is not ours, too old, or used.
    pub async fn read_ticket(&self, visit: &Visit, text: &str) -> Answer<TicketDetails> {
        let now = self.outside.clock.now();
        let ticket = self.open_ticket(visit, text, now)?;
        let (holder, _) = self.holder_of(ticket.holder, now).await?.ok_or(Refusal::TicketOver)?;
        ticket.check(&holder, now)?;
        let restores_address = ticket.restores(&holder, now);
        let Ticket { what, at, network, .. } = ticket;
        Ok(TicketDetails { what, at, network, restores_address })
    }

    fn open_ticket(&self, visit: &Visit, text: &str, now: Timestamp) -> Result<Ticket, Refusal> {
        let sealed = if text.len() <= LONGEST { BASE64URL_NOPAD.decode(text.as_bytes()).ok() } else { None };
        let ticket = sealed.and_then(|sealed| self.records.open::<Ticket>(&place(), &sealed).ok());
        let Some(ticket) = ticket else {
            tracing::info!(target: "postern::auth", result = "forged ticket", network = %visit.network);
            return Err(Refusal::TicketOver);
        };
        if now < ticket.ends { Ok(ticket) } else { Err(Refusal::TicketOver) }
    }

    /// Ends every session and sign-in of the account, takes back what was added in the hour before and, for a letter to
    /// an earlier address, the change of address, forgets its browsers, and freezes its factors for a day: one write.
    pub async fn report_unauthorized(&self, visit: &Visit, text: &str) -> Answer<UnauthorizedReport> {
        let now = self.outside.clock.now();
        let ticket = self.open_ticket(visit, text, now)?;
        let id = ticket.holder;
        // So that nobody else takes the address between the check and the write. It is found by it from then on.
        if let Some(address) = self.restorable(&ticket, now).await? {
            self.reserve(UniqueKey::Address(&address), id, now).await?;
        }
        let (mut keys, mut dropped) = (Vec::new(), Vec::new());
        let changed = self.change_account(id, |holder, now| {
            ticket.check(holder, now)?;
            keys = credentials(holder)?;
            let live = |opened| is_live(opened, now);
            let sessions_ended =
                holder.sessions.iter().filter(|session| session.opened.as_ref().is_some_and(live)).count();
            holder.sessions.clear();
            let since = ticket.replaced_at(holder, now).unwrap_or(now);
            let removed = remove_added_since(holder, since)?;
            let replaced = holder.only(&EMAIL).cloned();
            let before = holder.clone();
            let restored = restore_address(holder, ticket.address, now);
            let mut notifications = Notifications::new();
            let mut address = None;
            if let Some((restored, later)) = restored {
                dropped = replaced.into_iter().chain(later).collect();
                let restored = email_code::State::read(&restored.state)?.address;
                notifications =
                    self.news(&before, &of_account(visit, id), EventKind::AddressRestored, &restored.masked(), now)?;
                address = Some(restored);
            }
            let has_second_factor = factor::has_second(holder);
            let account = holder.account.as_mut().ok_or(Refusal::TicketOver)?;
            account.forget_devices();
            account.end_sign_ins();
            account.report_epoch += 1;
            let frozen_until = account.freeze(now);
            let report =
                UnauthorizedReport { frozen_until, sessions_ended, removed, restored: address, has_second_factor };
            let event = Some(self.event_from(id, EventKind::Disowned, visit.network.to_string(), now)?);
            notifications.extend(self.news(
                holder,
                &of_account(visit, id),
                EventKind::Disowned,
                &summary(&report),
                now,
            )?);
            Ok((report, SideEffects::event(event), notifications))
        });
        let report = changed.await.map_err(|no| match no {
            // An account that is gone has nothing left to disown.
            UseCaseError::Refused(Refusal::NotEnrolled) => Refusal::TicketOver.into(),
            other => other,
        })?;
        // The account lives longer by this, and so must what finds it.
        if let Some((holder, _)) = self.holder_of(id, now).await?
            && let Some(address) = address_of(&holder)?
        {
            self.renew_entries(&address, id, now).await?;
        }
        self.release_addresses(&dropped, id, now).await;
        self.release_keys(&keys, id, now).await;
        tracing::info!(target: "postern::auth", holder = %id, network = %visit.network, "disowned");
        Ok(report)
    }

    /// The address that a link restores.
    async fn restorable(&self, ticket: &Ticket, now: Timestamp) -> Result<Option<MailAddress>, InternalError> {
        let found = self.holder_of(ticket.holder, now).await?;
        let account = found.and_then(|(holder, _)| holder.account);
        let mut former = account.iter().flat_map(|account| account.former_addresses(now));
        let record = former.find(|former| Some(former.record.id) == ticket.address).map(|former| &former.record);
        Ok(record.map(|record| email_code::State::read(&record.state)).transpose()?.map(|state| state.address))
    }

    /// Lifts the freeze for an owner who has proved the mailbox and a second factor since.
    pub async fn lift_freeze(&self, visit: &Visit) -> Answer<()> {
        self.change_and_tell(visit, |holder, now| {
            self.may(Act::Manage, visit, holder, now)?;
            let account = holder.account.as_ref().ok_or(Refusal::NoSession)?;
            let Some(until) = account.frozen_until(now) else {
                return Ok(((), SideEffects::default(), Notifications::new()));
            };
            let proofs = holder.proofs(visit.session.handle);
            let since = |proof: &&postern_core::model::Proof| proof.at >= until - limits::FREEZE;
            let mailbox = proofs.iter().filter(since).any(|proof| proof.grade == Grade::Mail);
            let second = proofs.iter().filter(since).any(|proof| proof.grade > Grade::Mail);
            if !(mailbox && second) {
                return Err(Refusal::Frozen { until }.into());
            }
            if let Some(account) = holder.account.as_mut() {
                account.lift_freeze();
            }
            let event = Some(self.event(visit, EventKind::Unfrozen, &EMAIL, now)?);
            Ok(((), SideEffects::event(event), self.news(holder, visit, EventKind::Unfrozen, "", now)?))
        })
        .await?;
        super::super::log(visit, &EMAIL, "freeze lifted");
        Ok(())
    }
}

/// Somebody without a session of the account, as a letter about it tells of them.
fn of_account(visit: &Visit, id: HolderId) -> Visit {
    let mut visit = visit.clone();
    visit.session.holder = id;
    visit
}

/// Takes out the factors and recovery codes that were added in the hour before a moment or since, and what was not
/// confirmed. Answers the names of what counted. The moment is that of the press, not of what the letter tells of: else
/// whoever reads the mailbox could take a second factor off for as long as the letter about it works.
fn remove_added_since(holder: &mut Holder, since: Timestamp) -> Result<Vec<String>, Unreadable> {
    holder.factors.retain(|factor| factor.confirmed_at.is_some());
    if let Some(codes) = holder.only_mut(&recovery_codes::KIND) {
        let set = recovery_codes::State::read(&codes.state)?;
        codes.state = recovery_codes::State { next: None, ..set }.write();
    }
    let is_lately =
        |factor: &FactorRecord| factor.confirmed_at.is_some_and(|at| since < at + limits::REMOVES_ADDED_WITHIN);
    let goes = |factor: &mut FactorRecord| factor.kind != EMAIL && is_lately(factor);
    let mut removed: Vec<String> = holder.factors.extract_if(.., goes).map(|factor| factor.name).collect();
    if !factor::has_second(holder) {
        // Recovery codes stand in for a second factor.
        let stand_in = |factor: &mut FactorRecord| factor.kind == recovery_codes::KIND;
        removed.extend(holder.factors.extract_if(.., stand_in).map(|factor| factor.name));
    }
    Ok(removed)
}

/// Makes an earlier address the account's again. Answers it, and those that had replaced it before the present one.
fn restore_address(
    holder: &mut Holder,
    id: Option<FactorId>,
    now: Timestamp,
) -> Option<(FactorRecord, Vec<FactorRecord>)> {
    let (record, later) = holder.account.as_mut()?.take_former_address(id?, now)?;
    holder.factors.retain(|factor| factor.kind != EMAIL);
    holder.factors.insert(0, record.clone());
    Some((record, later))
}

/// What was done, as the letter tells it.
fn summary(report: &UnauthorizedReport) -> String {
    let sessions = match report.sessions_ended {
        0 => "Nobody was signed in.".to_owned(),
        1 => "One session was ended.".to_owned(),
        sessions => format!("{sessions} sessions were ended."),
    };
    let mut sentences = vec![sessions];
    if !report.removed.is_empty() {
        let names: Vec<String> = report.removed.iter().map(|name| format!("\u{201c}{name}\u{201d}")).collect();
        sentences.push(format!("Added in the hour before and removed: {}.", names.join(", ")));
    }
    if report.restored.is_some() {
        sentences.push("The account has this email address again.".to_owned());
    }
    let lift = if report.has_second_factor {
        "To change them sooner, sign in with your email code and a second factor and lift the freeze on your account page."
    } else {
        "Until then, only the codes that are sent to this mailbox open the account: change the mailbox's password."
    };
    sentences.push("Factors, recovery codes and the email address cannot be changed for 24 hours.".to_owned());
    sentences.push(lift.to_owned());
    sentences.join(" ")
}
