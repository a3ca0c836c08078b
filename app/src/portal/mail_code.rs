//! Codes by mail: asked for, sent, and passed. One live code per session and purpose.

use std::time::Duration;

use super::visit::level;
use super::{Answer, InternalError, Passed, Portal, UseCaseError};
use crate::letter::{self, Cover};
use postern_core::engine;
use postern_core::factor::Unreadable;
use postern_core::factor::email_code::{self, GRADE, KIND, Pending, Purpose, draw};
use postern_core::model::{
    Code, EventKind, FactorId, FactorRecord, Holder, MailAddress, NextTry, Proof, Refusal, Secret, SessionHandle,
    Timestamp, Visit,
};
use postern_core::port::{Count, Expect, Key, Lane, SideEffects, Stored, Window, Write};
use postern_core::rules::limits;
use postern_core::rules::throttle::Attempt;

/// How long a session waits between two letters.
const PAUSE: Window = Window { limit: 1, span: Duration::from_secs(30) };

/// Digits of a code, and of one for an address that was guessed at.
const SHORT: u8 = 6;
const LONGER: u8 = 8;

/// A letter is on its way.
#[derive(Clone, Debug)]
pub struct Sent {
    pub to: MailAddress,
    pub ends: Timestamp,
    pub resend_at: Timestamp,
}

/// A code that waits for its answer.
#[derive(Clone, Debug)]
pub struct MailCode {
    pub to: MailAddress,
    pub digits: u8,
    pub ends: Timestamp,
    pub resend_at: Timestamp,
    pub next: NextTry,
}

/// One live code per session and purpose.
pub(super) fn place(handle: SessionHandle, purpose: Purpose) -> Key {
    Key::new(handle, format_args!("mail-code/{}", purpose.name()))
}

pub(super) fn tries(handle: SessionHandle, purpose: Purpose) -> Key {
    Key::new(handle, format_args!("tries/mail-code/{}", purpose.name()))
}

impl Portal {
    /// Sends a code to an address, and kills the one before. The answer is the same whether anybody knows the address.
    pub async fn send_mail_code(&self, visit: &Visit, purpose: Purpose, address: &str) -> Answer<Sent> {
        let outcome = self.try_send(visit, purpose, address).await;
        super::logged(visit, &KIND, "asked", outcome)
    }

    async fn try_send(&self, visit: &Visit, purpose: Purpose, address: &str) -> Answer<Sent> {
        let to: MailAddress = address.parse().map_err(Refusal::from)?;
        let now = self.outside.clock.now();
        visit.session.check_live(now)?;
        self.may_send(visit, purpose, &to, now).await?;
        self.count_code(visit, purpose, &to, now).await?;
        let guesses = self.outside.store.standing(&self.guesses(&to), now).await?;
        let digits = if guesses.failures >= limits::GUESSES_TO_LONGER_CODES { LONGER } else { SHORT };
        let code = draw(digits, || self.random_u32());
        let (handle, ends) = (visit.session.handle, visit.session.ends_at.min(now + limits::MAIL_CODE_LASTS));
        let hash = Secret::new(self.code_hash(handle, purpose, code.expose()));
        let pending = Pending { address: to.clone(), hash, digits, sent_at: now, ends };
        let key = place(handle, purpose);
        let sealed = self.records.seal(&key, &pending)?;
        // The record outlives the code, so that the page can say what became of it.
        let write = Write::new(key, Expect::Anything, sealed, Some(visit.session.ends_at));
        self.outside
            .store
            .write(write.effects(SideEffects { reset: Some(tries(handle, purpose)), ..SideEffects::default() }), now)
            .await?;
        let cover = Cover { to: to.clone(), written_at: now, lasts: now.until(ends), asked_by: Some(handle) };
        let letter = letter::email_code(self.from(), cover, purpose, code.expose());
        self.post(Lane::Urgent, &letter).await?;
        Ok(Sent { to, ends, resend_at: now + PAUSE.span })
    }

    /// Sends a new code to the address that the last one went to, or else to the one that is proved.
    pub async fn resend_mail_code(&self, visit: &Visit, purpose: Purpose) -> Answer<Sent> {
        let address = match self.mail_code(visit, purpose).await? {
            Some(waiting) => waiting.to,
            None if purpose == Purpose::Prove => {
                self.load_visit_state(visit).await?.address()?.ok_or(Refusal::NoCodeAsked)?
            }
            None => return Err(Refusal::NoCodeAsked.into()),
        };
        self.send_mail_code(visit, purpose, &address.to_string()).await
    }

    /// The code that waits in this session, if one does.
    pub async fn mail_code(&self, visit: &Visit, purpose: Purpose) -> Answer<Option<MailCode>> {
        let now = self.outside.clock.now();
        let handle = visit.session.handle;
        let waiting = self.records.load::<Pending>(&place(handle, purpose), now).await?;
        let Some((pending, _)) = waiting else { return Ok(None) };
        let failures = self.outside.store.standing(&tries(handle, purpose), now).await?.failures;
        let guesses = self.outside.store.standing(&self.guesses(&pending.address), now).await?.failures;
        let next = if is_short_for(&pending, guesses) { NextTry::Never } else { next_try(failures) };
        let resend_at = resend_at(&pending, now);
        let Pending { address: to, digits, ends, .. } = pending;
        Ok(Some(MailCode { to, digits, ends, resend_at, next }))
    }

    /// Forgets the code that waits, so that another address can be given.
    pub async fn drop_mail_code(&self, visit: &Visit, purpose: Purpose) -> Answer<()> {
        let now = self.outside.clock.now();
        self.outside.store.delete(&place(visit.session.handle, purpose), Expect::Anything, now).await?;
        Ok(())
    }

    /// Passes a mail code: the address is this holder's from now on.
    pub async fn answer_mail_code(&self, visit: &Visit, code: &Code) -> Answer<Passed> {
        let outcome = match self.burn_mail_code(visit, Purpose::Prove, code).await {
            Ok(address) => self.prove_address(visit, address).await,
            Err(no) => Err(no),
        };
        super::logged(visit, &KIND, "passed", outcome)
    }

    /// Counts, judges and burns. A try that a fault of ours kept from being judged, or burned, is taken back.
    pub(super) async fn burn_mail_code(&self, visit: &Visit, purpose: Purpose, code: &Code) -> Answer<MailAddress> {
        let (now, handle) = (self.outside.clock.now(), visit.session.handle);
        let (key, count) = (place(handle, purpose), tries(handle, purpose));
        let (attempt, stored) = self.outside.store.attempt(&count, &limits::MAIL_CODE, &key, now).await?;
        let Attempt::Go(failures) = attempt else {
            let void = self.records.load::<Pending>(&key, now).await?;
            let (pending, _) = void.ok_or(Refusal::NoCodeAsked)?;
            return Err(Refusal::CodeVoid { resend_at: resend_at(&pending, now) }.into());
        };
        let stored = stored.ok_or(Refusal::NoCodeAsked)?;
        let judged = self.judge_mail_code(handle, purpose, code, (failures, stored), now).await;
        engine::unless_fault(&*self.outside.store, &count, failures, judged, now).await
    }

    /// Counts a guess at the address's codes too, before anything is compared: however many short codes were asked for
    /// beforehand, so many guesses at them all are judged as make its codes longer, and no more. The delete is conditional
    /// on the very record that was judged, so that of many right answers at once exactly one gets through.
    async fn judge_mail_code(
        &self,
        handle: SessionHandle,
        purpose: Purpose,
        code: &Code,
        (failures, stored): (u32, Stored),
        now: Timestamp,
    ) -> Answer<MailAddress> {
        let (store, key) = (&*self.outside.store, place(handle, purpose));
        let (pending, revision) = self.records.open_stored::<Pending>(&key, &stored)?;
        if now >= pending.ends || pending.sent_at > now + limits::CLOCK_SKEW {
            return Err(Refusal::NoCodeAsked.into());
        }
        let guesses = self.guesses(&pending.address);
        // No record stands beside this count, and it has no waits.
        let (attempt, _) = store.attempt(&guesses, &limits::GUESSES, &guesses, now).await?;
        let Attempt::Go(guess) = attempt else { return Err(InternalError::Contended.into()) };
        if is_short_for(&pending, guess - 1) {
            store.take_back(&guesses, guess, now).await?;
            return Err(Refusal::CodeVoid { resend_at: resend_at(&pending, now) }.into());
        }
        if !pending.matches(&self.code_hash(handle, purpose, code.digits())) {
            return Err(Refusal::Wrong { next: next_try(failures), hint: None }.into());
        }
        let deleted = store.delete(&key, Expect::Revision(revision), now).await.map_err(UseCaseError::from);
        if !engine::unless_fault(store, &guesses, guess, deleted, now).await? {
            store.take_back(&guesses, guess, now).await?;
            return Err(Refusal::NoCodeAsked.into());
        }
        // Burned: what fails from here on keeps nobody out. The count is at most one too high then.
        if let Err(fault) = store.reset_attempts(&guesses).await {
            tracing::warn!(%fault, "guesses at an address stay counted after its success");
        }
        Ok(pending.address)
    }

    async fn prove_address(&self, visit: &Visit, address: MailAddress) -> Answer<Passed> {
        let (handle, fresh) = (visit.session.handle, self.outside.entropy.id::<FactorId>());
        self.change_holder(visit, |holder, now| {
            let before = level(holder, handle);
            if holder.account.is_some() && !is_of(holder, &address)? {
                return Err(Refusal::AddressOfAccount.into());
            }
            let factor = keep_address(holder, &address, handle, fresh, now)?;
            holder.prove(handle, Proof { factor, grade: GRADE, at: now });
            let level = level(holder, handle);
            let confirmed_now = factor == fresh;
            let what = if confirmed_now { EventKind::Enrolled } else { EventKind::Passed };
            let effects = SideEffects::event(Some(self.event(visit, what, &KIND, now)?));
            Ok((Passed { factor, confirmed_now, level, rose: level > before }, effects))
        })
        .await
    }

    /// Whether this session may ask for codes to an address at all.
    async fn may_send(&self, visit: &Visit, purpose: Purpose, to: &MailAddress, now: Timestamp) -> Answer<()> {
        if purpose != Purpose::Prove || !visit.is_signed_in() {
            return Ok(());
        }
        let (holder, _) = self.holder(visit, now).await?.ok_or(Refusal::NoSession)?;
        if is_of(&holder, to)? { Ok(()) } else { Err(Refusal::AddressOfAccount.into()) }
    }

    /// Counts a letter with a code by everything that limits it.
    async fn count_code(&self, visit: &Visit, purpose: Purpose, to: &MailAddress, now: Timestamp) -> Answer<()> {
        let pause = Key::new(visit.session.handle, "sends");
        if let Count::Over(until) = self.outside.store.count(&pause, &PAUSE, now).await? {
            return Err(Refusal::SendTooSoon { until }.into());
        }
        let own = match visit.browser.devices.as_slice() {
            [] => None,
            devices if purpose == Purpose::SignIn => self.known_device(to, devices, now).await?,
            _ => None,
        };
        match own {
            // Whoever signed in from this browser is not kept out by what others ask for.
            Some(device) => self.count_send_of_device(to, device, now).await,
            None => self.count_send(to, visit.network, now).await,
        }
    }

    /// Wrong guesses for an address since its last success.
    pub(super) fn guesses(&self, address: &MailAddress) -> Key {
        Key::new(self.lookup.name("address", &address.lookup_form()), "guesses")
    }

    fn code_hash(&self, handle: SessionHandle, purpose: Purpose, digits: &str) -> Vec<u8> {
        let parts = [handle.as_bytes().as_slice(), purpose.name().as_bytes(), digits.as_bytes()];
        self.lookup.hash("mail code", &parts).to_vec()
    }

    fn random_u32(&self) -> u32 {
        let mut bytes = [0; 4];
        self.outside.entropy.fill(&mut bytes);
        u32::from_ne_bytes(bytes)
    }
}

/// Makes this the holder's one address, under the id it had if it is the same one. Another address takes the place of
/// the earlier one, and of the proofs made by it.
pub(super) fn keep_address(
    holder: &mut Holder,
    address: &MailAddress,
    by: SessionHandle,
    fresh: FactorId,
    now: Timestamp,
) -> Answer<FactorId> {
    if is_of(holder, address)?
        && let Some(record) = holder.only_mut(&KIND)
    {
        record.last_used_at = Some(now);
        return Ok(record.id);
    }
    if let Some(earlier) = holder.only(&KIND).map(|record| record.id) {
        holder.remove(earlier, by);
    }
    holder.factors.insert(0, address_factor(address, fresh, now));
    Ok(fresh)
}

/// A proved address as a factor.
pub(super) fn address_factor(address: &MailAddress, id: FactorId, now: Timestamp) -> FactorRecord {
    FactorRecord {
        id,
        kind: KIND,
        name: address.to_string(),
        added_at: now,
        confirmed_at: Some(now),
        last_used_at: Some(now),
        state: email_code::State { address: address.clone() }.write(),
    }
}

/// The holder's proved address.
pub(super) fn address_of(holder: &Holder) -> Result<Option<MailAddress>, Unreadable> {
    let state = holder.only(&KIND).map(|record| email_code::State::read(&record.state));
    Ok(state.transpose()?.map(|state| state.address))
}

/// Whether this is the holder's address, however it is spelt.
pub(super) fn is_of(holder: &Holder, address: &MailAddress) -> Result<bool, Unreadable> {
    Ok(address_of(holder)?.is_some_and(|own| own.lookup_form() == address.lookup_form()))
}

/// Whether a code has fewer digits than codes for its address have after so many wrong guesses: it is void.
const fn is_short_for(pending: &Pending, guesses: u32) -> bool {
    guesses >= limits::GUESSES_TO_LONGER_CODES && pending.digits < LONGER
}

/// When another letter may be asked for. A clock that was ahead makes that no later.
fn resend_at(pending: &Pending, now: Timestamp) -> Timestamp {
    pending.sent_at.min(now) + PAUSE.span
}

/// After so many failures the code has this many tries left, or is void.
fn next_try(failures: u32) -> NextTry {
    match limits::MAIL_CODE.blocked_at.saturating_sub(failures) {
        0 => NextTry::Never,
        left => NextTry::Left(left),
    }
}
