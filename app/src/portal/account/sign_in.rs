//! Signing in: a code by mail, then, if the account has one, a second factor. Until that was passed there is no session
//! of the account, only a sign-in that waits and opens nothing.

use serde::{Deserialize, Serialize};

use super::super::challenge::{Opening, VerificationRequest};
use super::super::mail_code::{address_factor, is_of};
use super::super::visit::holder_key;
use super::super::{Answer, InternalError, Passed, Portal, VisitState, visit};
use super::index::UniqueKey;
use super::{Notifications, is_live};
use postern_core::factor::email_code::{GRADE, KIND as EMAIL, Purpose};
use postern_core::factor::recovery_codes::{self, RecoveryCode};
use postern_core::factor::security_key::{AssertionAnswer, RequestChallengeResponse};
use postern_core::factor::{self, Submission, hotp, security_key, totp};
use postern_core::figures;
use postern_core::model::{
    Account, Code, DeviceId, EventKind, FactorKind, FactorRecord, Holder, HolderId, MailAddress, NextTry, Proof,
    Refusal, Session, SessionEntry, SessionHandle, SessionKind, SessionOrigin, Timestamp, Visit,
};
use postern_core::port::{Expect, Key, SideEffects, Write};
use postern_core::rules::limits;

/// What may be asked for, the strongest first and what is kept for emergencies last.
const ORDER: [FactorKind; 4] = [security_key::KIND, totp::KIND, hotp::KIND, recovery_codes::KIND];

/// A sign-in that waits for its second factor.
#[derive(Serialize, Deserialize)]
struct Pending {
    holder: HolderId,
    address: MailAddress,
    proved_at: Timestamp,
    /// The account's when the mail was passed.
    #[serde(default)]
    epoch: u64,
    ends: Timestamp,
}

/// What the code by mail led to.
#[derive(Debug)]
pub enum SignIn {
    In(SignedIn),
    /// A second factor is asked for.
    Second,
}

/// Somebody is in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// What the browser's session is from now on, under a new id.
    pub session: Session,
    /// By which the browser is known from now on, to this account and to others.
    pub devices: Vec<DeviceId>,
    /// The account was made by this.
    pub is_new: bool,
}

/// How a sign-in that waits stands.
#[derive(Debug)]
pub struct SignInStanding {
    pub address: MailAddress,
    /// When the code by mail was passed.
    pub proved_at: Timestamp,
    pub ends: Timestamp,
    pub choices: Vec<Choice>,
}

/// A factor that may be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub kind: FactorKind,
    /// What its owner calls it, where there is one of the kind.
    pub name: Option<String>,
    /// Of its codes.
    pub digits: u8,
    pub next: NextTry,
}

/// An answer to the factor that was chosen.
#[derive(Debug)]
pub enum FactorAnswer {
    Totp(Code),
    Hotp(Code),
    Key(Box<AssertionAnswer>),
    Recovery(RecoveryCode),
}

pub fn pending(handle: SessionHandle) -> Key {
    Key::new(handle, "sign-in")
}

impl Portal {
    /// Whether a session still lives; notes at most once a minute that it was used.
    pub async fn admit(&self, visit: &Visit) -> Answer<Option<VisitState>> {
        if !visit.is_signed_in() {
            return Ok(None);
        }
        let now = self.outside.clock.now();
        let (mut holder, revision) = self.holder(visit, now).await?.ok_or(Refusal::NoSession)?;
        if visit::level(&holder, visit.session.handle).number() == 0 {
            return Err(Refusal::NoSession.into());
        }
        let mut sessions = holder.sessions.iter_mut().filter(|session| session.handle == visit.session.handle);
        if let Some(opened) = sessions.next().and_then(|session| session.opened.as_mut())
            && opened.seen_at + limits::SEEN_EVERY <= now
        {
            opened.seen_at = now;
            opened.network = visit.network.to_string();
            // Whoever came between has used the account as well; the next request notes it.
            self.write_holder(visit, &holder, Expect::Revision(revision), SideEffects::default(), now).await?;
        }
        self.visit_state(visit, holder, now).map(Some)
    }

    /// Passes the code by mail. Where the account has no second factor, that is all; where there is no account, one is
    /// made if the portal does that.
    pub async fn answer_sign_in_code(&self, visit: &Visit, code: &Code) -> Answer<SignIn> {
        let outcome = match self.burn_mail_code(visit, Purpose::SignIn, code).await {
            Ok(address) => self.sign_in(visit, address).await,
            Err(no) => Err(no),
        };
        super::super::logged(visit, &EMAIL, "passed", outcome)
    }

    async fn sign_in(&self, visit: &Visit, address: MailAddress) -> Answer<SignIn> {
        let now = self.outside.clock.now();
        let Some(found) = self.account_of(&address, now).await? else {
            return self.sign_up(visit, address, now).await.map(SignIn::In);
        };
        let epoch = found.holder.account.as_ref().map(|account| account.sign_in_epoch).unwrap_or_default();
        if factor::has_second(&found.holder) {
            let ends = visit.session.ends_at.min(now + limits::SIGN_IN_LASTS);
            let waiting = Pending { holder: found.id, address, proved_at: now, epoch, ends };
            let key = pending(visit.session.handle);
            let sealed = self.records.seal(&key, &waiting)?;
            self.outside.store.write(Write::new(key, Expect::Anything, sealed, Some(ends)), now).await?;
            return Ok(SignIn::Second);
        }
        let inside = inside(visit, found.id, now);
        let device = self.new_device(found.id);
        let opened = self.change_account(found.id, |holder, now| {
            let opening = Opening { entry: entry(&inside, holder, now)?, epoch, device };
            // A second factor may have come in between, and another address.
            if factor::has_second(holder) || !is_of(holder, &address)? || !opening.is_good(holder) {
                return Err(Refusal::NoSignIn.into());
            }
            let notifications = self.admit_session(holder, &inside, &opening, now)?;
            let event = Some(self.event(&inside, EventKind::SignedIn, &EMAIL, now)?);
            Ok(((), SideEffects::event(event), notifications))
        });
        opened.await?;
        self.settle_in(visit, &inside, device, &address, now).await.map(SignIn::In)
    }

    /// Makes an account for whoever reads the mail of an address.
    async fn sign_up(&self, visit: &Visit, address: MailAddress, now: Timestamp) -> Answer<SignedIn> {
        self.check_sign_up(&address, now).await?;
        let id: HolderId = self.outside.entropy.id();
        let inside = inside(visit, id, now);
        let device = self.new_device(id);
        self.reserve(UniqueKey::Address(&address), id, now).await?;
        let mut holder = Holder { account: Some(Account::new(now)), ..Holder::default() };
        holder.factors.push(address_factor(&address, self.outside.entropy.id(), now));
        let opening = Opening { entry: entry(&inside, &holder, now)?, epoch: 0, device };
        self.admit_session(&mut holder, &inside, &opening, now)?;
        let event = Some(self.event(&inside, EventKind::AccountMade, &EMAIL, now)?);
        let notifications = self.news(&holder, &inside, EventKind::AccountMade, "", now)?;
        let effects = SideEffects::event(event);
        self.write_holder(&inside, &holder, Expect::Absent, effects, now).await?.ok_or(InternalError::Contended)?;
        self.notify(notifications, now).await;
        self.accept_invitation(&address, now).await;
        let signed_in = self.settle_in(visit, &inside, device, &address, now).await?;
        Ok(SignedIn { is_new: true, ..signed_in })
    }

    /// The sign-in that waits in this session, if one does.
    pub async fn sign_in_standing(&self, visit: &Visit) -> Answer<Option<SignInStanding>> {
        let now = self.outside.clock.now();
        let Some((waiting, holder)) = self.waiting(visit, now).await? else { return Ok(None) };
        let choices = self.choices(waiting.holder, &holder, now).await?;
        Ok(Some(SignInStanding { address: waiting.address, proved_at: waiting.proved_at, ends: waiting.ends, choices }))
    }

    /// Asks the account's keys, for a sign-in that waits.
    pub async fn ask_sign_in_keys(&self, visit: &Visit) -> Answer<RequestChallengeResponse> {
        let now = self.outside.clock.now();
        let (_, holder) = self.waiting(visit, now).await?.ok_or(Refusal::NoSignIn)?;
        self.ask_keys(visit.session.handle, holder.factors.iter(), now).await
    }

    /// Passes the second factor of a sign-in that waits: the account's session is opened by the very write that burns
    /// the answer.
    pub async fn answer_sign_in(&self, visit: &Visit, chosen: &FactorAnswer) -> Answer<SignedIn> {
        let now = self.outside.clock.now();
        let (waiting, holder) = self.waiting(visit, now).await?.ok_or(Refusal::NoSignIn)?;
        let inside = inside(visit, waiting.holder, now);
        let device = self.new_device(waiting.holder);
        let opening = Opening { entry: entry(&inside, &holder, waiting.proved_at)?, epoch: waiting.epoch, device };
        self.pass(VerificationRequest { visit: &inside, opens: Some(&opening) }, chosen).await?;
        self.settle_in(visit, &inside, device, &waiting.address, now).await
    }

    /// Gives up a sign-in that waits, so that another address can be given.
    pub async fn abandon_sign_in(&self, visit: &Visit) -> Answer<()> {
        let now = self.outside.clock.now();
        self.outside.store.delete(&pending(visit.session.handle), Expect::Anything, now).await?;
        self.drop_mail_code(visit, Purpose::SignIn).await
    }

    /// What this session's account may be asked for again. Where there is no second factor, its mail.
    pub async fn step_up_choices(&self, look: &VisitState) -> Answer<Vec<Choice>> {
        let choices = self.choices(look.session.holder, look.holder(), look.now).await?;
        let mail = || Choice { kind: EMAIL, name: None, digits: 6, next: NextTry::Left(limits::FACTOR.free_attempts) };
        Ok(if look.has_second_factor() { choices } else { vec![mail()] })
    }

    /// Passes a factor of this session's own account.
    pub async fn answer_step_up(&self, visit: &Visit, chosen: &FactorAnswer) -> Answer<Passed> {
        self.pass(visit.into(), chosen).await
    }

    async fn pass(&self, request: VerificationRequest<'_>, chosen: &FactorAnswer) -> Answer<Passed> {
        match chosen {
            FactorAnswer::Totp(code) => self.answer(request, &totp::KIND, &Submission::Code(code)).await,
            FactorAnswer::Hotp(code) => self.answer(request, &hotp::KIND, &Submission::Code(code)).await,
            FactorAnswer::Key(answer) => self.pass_key(request, answer).await,
            FactorAnswer::Recovery(code) => self.pass_recovery(request, code).await,
        }
    }

    async fn choices(&self, id: HolderId, holder: &Holder, now: Timestamp) -> Result<Vec<Choice>, InternalError> {
        let mut choices = Vec::new();
        for kind in ORDER {
            let has = |factor: &&FactorRecord| factor.kind == kind && factor.confirmed_at.is_some();
            let mut found = holder.factors.iter().filter(has);
            let Some(first) = found.next() else { continue };
            // A set of recovery codes has no name of its owner's.
            let is_only = found.next().is_none() && kind != recovery_codes::KIND;
            let name = is_only.then(|| first.name.clone());
            let (digits, next) = (digits(first)?, self.next_try(id, &kind, now).await?);
            choices.push(Choice { kind, name, digits, next });
        }
        Ok(choices)
    }

    /// The sign-in that waits in this session, with its account if that still has the address whose mail was passed.
    async fn waiting(&self, visit: &Visit, now: Timestamp) -> Result<Option<(Pending, Holder)>, InternalError> {
        let Some((waiting, _)) = self.records.load::<Pending>(&pending(visit.session.handle), now).await? else {
            return Ok(None);
        };
        let Some((holder, _)) = self.holder_of(waiting.holder, now).await? else { return Ok(None) };
        let epoch = holder.account.as_ref().map(|account| account.sign_in_epoch);
        let still = epoch == Some(waiting.epoch) && is_of(&holder, &waiting.address)?;
        Ok(still.then_some((waiting, holder)))
    }

    /// A value by which an account is to know a browser. Its first bytes say which account's it is, to nobody but us, so
    /// that it can take the place of the earlier one in the browser's cookie.
    pub(super) fn new_device(&self, account: HolderId) -> DeviceId {
        let mut bytes: [u8; 16] = [0; 16];
        self.outside.entropy.fill(&mut bytes);
        let mark = self.lookup.hash("device", &[account.as_bytes()]);
        for (byte, marked) in bytes.iter_mut().zip(mark.iter().take(4)) {
            *byte = *marked;
        }
        DeviceId::from(bytes)
    }

    /// Puts a session into an account's record, and remembers its browser. A new one is told.
    pub(in crate::portal) fn admit_session(
        &self,
        holder: &mut Holder,
        inside: &Visit,
        opening: &Opening,
        now: Timestamp,
    ) -> Result<Notifications, InternalError> {
        holder.sessions.retain(|session| session.opened.as_ref().is_some_and(|opened| is_live(opened, now)));
        holder.open(opening.entry.clone());
        let surplus = holder.sessions.len().saturating_sub(limits::MOST_SESSIONS);
        holder.sessions.sort_by_key(|session| session.opened.as_ref().map(|opened| opened.seen_at));
        holder.sessions.drain(..surplus);
        let Some(account) = &mut holder.account else { return Ok(Notifications::new()) };
        account.last_sign_in = now;
        let is_new = account.renew_device(&inside.browser.devices, opening.device);
        if is_new { self.news(holder, inside, EventKind::SignedIn, "", now) } else { Ok(Notifications::new()) }
    }

    /// What a visit was before is over once it is signed in.
    pub(super) async fn settle_in(
        &self,
        before: &Visit,
        inside: &Visit,
        device: DeviceId,
        address: &MailAddress,
        now: Timestamp,
    ) -> Answer<SignedIn> {
        let deleted = self.outside.store.delete(&pending(before.session.handle), Expect::Anything, now).await;
        figures::follow_up("sign-in that is over", deleted);
        if before.session.holder != inside.session.holder && !before.is_signed_in() {
            // Most visitors enrolled nothing, so that there is nothing else to forget.
            let visitor = before.session.holder;
            let forgotten = match self.outside.store.delete(&holder_key(visitor), Expect::Anything, now).await {
                Ok(true) => self.forget_holder(visitor, now).await,
                Ok(false) => Ok(()),
                Err(fault) => Err(fault.into()),
            };
            figures::follow_up("rest of a visit", forgotten);
        }
        self.renew_entries(address, inside.session.holder, now).await?;
        let others = inside.browser.devices.iter().filter(|other| !other.is_of_same_account(&device));
        let devices = std::iter::once(device).chain(others.copied()).collect();
        Ok(SignedIn { session: inside.session.clone(), devices, is_new: false })
    }
}

/// The visit as it is once it is signed in.
pub(super) fn inside(visit: &Visit, holder: HolderId, now: Timestamp) -> Visit {
    let (kind, ends_at) = (SessionKind::Account, now + limits::SIGNED_IN_LASTS);
    let session = Session { handle: visit.session.handle, holder, kind, begun_at: now, ends_at };
    Visit { session, ..visit.clone() }
}

fn digits(factor: &FactorRecord) -> Result<u8, InternalError> {
    Ok(match factor.kind.as_str() {
        kind if kind == totp::KIND.as_str() => totp::State::read(&factor.state)?.setting().digits,
        kind if kind == hotp::KIND.as_str() => hotp::State::read(&factor.state)?.setting().digits,
        _ => 0,
    })
}

/// The session as its account will know it, with the mail code that was passed.
fn entry(inside: &Visit, holder: &Holder, proved_at: Timestamp) -> Result<SessionEntry, Refusal> {
    let email = holder.only(&EMAIL).ok_or(Refusal::NoSignIn)?;
    let at = inside.session.begun_at;
    let opened =
        SessionOrigin { at, seen_at: at, browser: inside.browser.name.clone(), network: inside.network.to_string() };
    let proofs = vec![Proof { factor: email.id, grade: GRADE, at: proved_at }];
    Ok(SessionEntry { handle: inside.session.handle, proofs, opened: Some(opened) })
}
