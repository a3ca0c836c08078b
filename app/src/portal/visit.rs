//! Visits: a browser's 60 minutes, begun by its first page, ended by the clock or by the visitor.

use std::time::Duration;

use super::{Answer, InternalError, Portal, account, challenge, demo, factors, mail_code};
use postern_core::factor::{self, email_code};
use postern_core::figures;
use postern_core::model::{
    Account, ActivityPart, FactorId, FactorKind, FactorRecord, Grade, Holder, HolderId, MailAddress, Network, Refusal,
    Session, SessionEntry, SessionHandle, SessionKind, SessionOrigin, Timestamp, Visit,
};
use postern_core::port::{Count, Expect, Key, LogEntry, Revision, Window};
use postern_core::rules::level::Level;
use postern_core::rules::limits;

/// New sessions one network may begin.
const BEGINNINGS: Window = Window { limit: 120, span: Duration::from_mins(1) };

/// What a visit amounts to so far.
#[derive(Debug)]
pub struct VisitState {
    pub session: Session,
    pub now: Timestamp,
    pub level: Level,
    /// The account may do nothing but add a second factor.
    pub must_enrol: bool,
    holder: Holder,
}

impl VisitState {
    /// Factors that were passed or are being enrolled, oldest first; what has lapsed is not there.
    pub fn factors(&self) -> impl Iterator<Item = &FactorRecord> {
        self.holder.factors.iter().filter(|factor| !factor.has_lapsed(self.now))
    }

    /// The address that was proved, if one was.
    pub fn address(&self) -> Result<Option<MailAddress>, InternalError> {
        Ok(mail_code::address_of(&self.holder)?)
    }

    /// The factor of a kind of which there is at most one, if it was passed or is being enrolled.
    pub fn only(&self, kind: &FactorKind) -> Option<&FactorRecord> {
        self.factors().find(|factor| factor.kind == *kind)
    }

    pub(super) const fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Whoever signed in has one.
    pub const fn account(&self) -> Option<&Account> {
        self.holder.account.as_ref()
    }

    pub fn has_second_factor(&self) -> bool {
        factor::has_second(&self.holder)
    }

    /// When this session passed a factor.
    pub fn proved_at(&self, factor: FactorId) -> Option<Timestamp> {
        let proofs = self.holder.proofs(self.session.handle).iter();
        proofs.filter(|proof| proof.factor == factor).map(|proof| proof.at).max()
    }

    /// Whether nothing but this factor, beside the mail, opened this session.
    pub fn is_opened_by(&self, factor: FactorId) -> bool {
        let mut beside_mail = self.holder.proofs(self.session.handle).iter().filter(|proof| proof.grade > Grade::Mail);
        beside_mail.all(|proof| proof.factor == factor) && self.proved_at(factor).is_some()
    }

    /// The account's live sessions, the one seen last first.
    pub fn sessions(&self) -> Vec<(&SessionEntry, &SessionOrigin)> {
        let live = |opened: &SessionOrigin| account::is_live(opened, self.now);
        let all = self.holder.sessions.iter().filter_map(|session| Some((session, session.opened.as_ref()?)));
        let mut live: Vec<_> = all.filter(|(_, opened)| live(opened)).collect();
        live.sort_by_key(|(_, opened)| std::cmp::Reverse(opened.seen_at));
        live
    }

    /// Only those that count.
    pub fn enrolled(&self) -> impl Iterator<Item = &FactorRecord> {
        self.factors().filter(|factor| factor.confirmed_at.is_some())
    }
}

/// What records of holders are called.
pub(super) const HOLDER: &str = "holder";

pub(super) fn holder_key(id: HolderId) -> Key {
    Key::new(id, HOLDER)
}

impl Portal {
    /// A new session for a browser that has none, unless its network has begun too many.
    pub async fn begin_visit(&self, network: Network) -> Answer<Session> {
        let now = self.outside.clock.now();
        if let Count::Over(until) = self.count_by_network(network, "beginnings", &BEGINNINGS, now).await? {
            return Err(Refusal::TooManySessions { until }.into());
        }
        let entropy = &*self.outside.entropy;
        let (handle, holder) = (entropy.id(), entropy.id());
        let kind = SessionKind::Visitor;
        Ok(Session { handle, holder, kind, begun_at: now, ends_at: now + limits::VISIT_LASTS })
    }

    pub fn now(&self) -> Timestamp {
        self.outside.clock.now()
    }

    /// The portal's name, for pages.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where the visit stands.
    pub async fn load_visit_state(&self, visit: &Visit) -> Answer<VisitState> {
        let now = self.outside.clock.now();
        let holder = self.holder(visit, now).await?.map(|(holder, _)| holder).unwrap_or_default();
        self.visit_state(visit, holder, now)
    }

    /// The same, of a holder that was loaded already.
    pub(super) fn visit_state(&self, visit: &Visit, mut holder: Holder, now: Timestamp) -> Answer<VisitState> {
        email_code::call_by_address(&mut holder)?;
        let level = level(&holder, visit.session.handle);
        let must_enrol = holder.account.is_some() && self.lacks_second_factor(&holder);
        Ok(VisitState { session: visit.session.clone(), now, level, must_enrol, holder })
    }

    /// Somebody goes: a visitor with everything that was enrolled, an account's session alone.
    pub async fn leave(&self, visit: &Visit) -> Answer<()> {
        if visit.is_signed_in() { self.sign_out(visit).await } else { self.end_visit(visit).await }?;
        figures::session_ended(visit.session.kind);
        Ok(())
    }

    /// Ends a visit: everything that was enrolled in it is gone. The caller ends the session itself.
    async fn end_visit(&self, visit: &Visit) -> Answer<()> {
        let now = self.outside.clock.now();
        self.forget_holder(visit.session.holder, now).await?;
        self.forget_sessions(&[visit.session.handle], now).await;
        Ok(())
    }

    /// Takes a holder out of the store, with all that was counted and noted of it.
    pub(super) async fn forget_holder(&self, holder: HolderId, now: Timestamp) -> Result<(), InternalError> {
        self.outside.store.delete(&holder_key(holder), Expect::Anything, now).await?;
        for kind in self.factors.kinds() {
            self.outside.store.reset_attempts(&challenge::tries(holder, &kind)).await?;
        }
        for part in ActivityPart::ALL {
            self.forget_log(factors::activity(holder, part), now).await?;
        }
        Ok(())
    }

    /// Takes out what sessions that are over left behind under their handles.
    pub(super) async fn forget_sessions(&self, handles: &[SessionHandle], now: Timestamp) {
        for handle in handles {
            figures::follow_up("rest of a session", self.forget_session(*handle, now).await);
        }
    }

    /// The pause between two letters stays, or ending a session would be a way around it.
    async fn forget_session(&self, handle: SessionHandle, now: Timestamp) -> Result<(), InternalError> {
        for purpose in email_code::Purpose::ALL {
            self.outside.store.delete(&mail_code::place(handle, purpose), Expect::Anything, now).await?;
            self.outside.store.reset_attempts(&mail_code::tries(handle, purpose)).await?;
        }
        for key in [demo::phone(handle), account::pending(handle)] {
            self.outside.store.delete(&key, Expect::Anything, now).await?;
        }
        self.forget_log(demo::outbox(handle), now).await
    }

    /// A log whose newest entry has ended is gone.
    async fn forget_log(&self, log: Key, now: Timestamp) -> Result<(), InternalError> {
        let last = LogEntry { log, value: Vec::new(), most: 1, ends: Some(now) };
        Ok(self.outside.store.append(last, now).await?)
    }

    /// The record of a visit's own holder. A session that its holder does not admit is over.
    pub(super) async fn holder(&self, visit: &Visit, now: Timestamp) -> Answer<Option<(Holder, Revision)>> {
        let found = self.holder_of(visit.session.holder, now).await?;
        admitted(visit, found.as_ref().map(|(holder, _)| holder), now)?;
        Ok(found)
    }

    pub(super) async fn holder_of(
        &self,
        id: HolderId,
        now: Timestamp,
    ) -> Result<Option<(Holder, Revision)>, InternalError> {
        self.records.load(&holder_key(id), now).await
    }
}

/// Refuses a session that is over, or that its holder does not know.
pub(super) fn admitted(visit: &Visit, holder: Option<&Holder>, now: Timestamp) -> Result<(), Refusal> {
    visit.session.check_live(now)?;
    let idle = |holder: &Holder| {
        let opened = holder.opened(visit.session.handle);
        opened.is_some_and(|opened| !account::is_live(opened, now))
    };
    match holder {
        None if !visit.is_signed_in() => Ok(()),
        Some(holder) if holder.admits(&visit.session) && !idle(holder) => Ok(()),
        _ => Err(Refusal::NoSession),
    }
}

/// What a session's proofs amount to.
pub(super) fn level(holder: &Holder, handle: SessionHandle) -> Level {
    let proofs = holder.proofs(handle);
    match holder.account {
        Some(_) => Level::of_account(proofs, factor::has_second(holder)),
        None => Level::of_visitor(proofs),
    }
}
