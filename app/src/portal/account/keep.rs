//! From visitor to account: a new account adopts the visitor's holder as it stands. Nothing is copied; its expiry is
//! lifted in one write, once.

use super::super::mail_code::address_of;
use super::super::{Answer, Portal, VisitState};
use super::SignedIn;
use super::index::{UniqueKey, credentials};
use super::sign_in::inside;
use postern_core::factor::email_code;
use postern_core::model::{
    Account, DeviceId, EventKind, FactorId, FactorRecord, Holder, MailAddress, Refusal, SessionEntry, SessionOrigin,
    Timestamp, Visit,
};
use postern_core::port::SideEffects;
use postern_core::rules::step_up::FRESH;

/// A factor that was passed in this visit.
#[derive(Clone, Debug)]
pub struct ClaimableFactor {
    pub record: FactorRecord,
    /// Passed so lately that it may be kept.
    pub lately: bool,
}

/// Whether this visit passed a factor lately.
fn lately(holder: &Holder, visit: &Visit, id: FactorId, now: Timestamp) -> bool {
    let proofs = holder.proofs(visit.session.handle).iter();
    proofs.filter(|proof| proof.factor == id).any(|proof| now <= proof.at + FRESH)
}

impl Portal {
    /// What of a visit an account may keep, the address first.
    pub fn claimable_factors(&self, visit: &Visit, look: &VisitState) -> Vec<ClaimableFactor> {
        let shown = |record: &FactorRecord| {
            let lately = lately(look.holder(), visit, record.id, look.now);
            ClaimableFactor { record: record.clone(), lately }
        };
        look.enrolled().map(shown).collect()
    }

    /// Makes a new account of this visit, with the address it proved and the factors that are ticked. The others are
    /// gone.
    pub async fn keep(&self, visit: &Visit, ticked: &[FactorId]) -> Answer<SignedIn> {
        let outcome = self.adopt(visit, ticked).await;
        super::super::logged(visit, &email_code::KIND, "kept in an account", outcome)
    }

    async fn adopt(&self, visit: &Visit, ticked: &[FactorId]) -> Answer<SignedIn> {
        let now = self.outside.clock.now();
        if visit.is_signed_in() {
            return Err(Refusal::AddressOfAccount.into());
        }
        let (holder, _) = self.holder(visit, now).await?.ok_or(Refusal::NotPassedLately)?;
        let address = check_keeping(visit, &holder, ticked, now)?;
        if self.account_of(&address, now).await?.is_some() {
            return Err(Refusal::AddressTaken.into());
        }
        self.check_sign_up(&address, now).await?;
        self.reserve(UniqueKey::Address(&address), visit.session.holder, now).await?;
        let keys = credentials(&holder)?;
        for credential in &keys {
            self.reserve(UniqueKey::Credential(credential), visit.session.holder, now).await?;
        }
        let inside = inside(visit, visit.session.holder, now);
        let device = self.new_device(visit.session.holder);
        self.change_and_tell(visit, |holder, now| {
            // Another tab may have proved another address meanwhile, which is not reserved.
            let still = check_keeping(visit, holder, ticked, now)?;
            if still.lookup_form() != address.lookup_form() {
                return Err(Refusal::NotPassedLately.into());
            }
            become_account(holder, &inside, device, ticked, now);
            let event = Some(self.event(&inside, EventKind::AccountMade, &email_code::KIND, now)?);
            let notifications = self.news(holder, &inside, EventKind::AccountMade, "", now)?;
            Ok(((), SideEffects::event(event), notifications))
        })
        .await?;
        self.accept_invitation(&address, now).await;
        // The keys that were not ticked are nobody's again.
        self.release_keys(&keys, visit.session.holder, now).await;
        let signed_in = self.settle_in(visit, &inside, device, &address, now).await?;
        Ok(SignedIn { is_new: true, ..signed_in })
    }

    /// Whether an account may be made for this address.
    pub(super) async fn check_sign_up(&self, address: &MailAddress, now: Timestamp) -> Answer<()> {
        if self.settings.sign_up.allows(address) || self.is_invited(address, now).await? {
            return Ok(());
        }
        Err(Refusal::SignUpClosed.into())
    }
}

/// The address, if it and everything that is ticked was passed lately.
fn check_keeping(visit: &Visit, holder: &Holder, ticked: &[FactorId], now: Timestamp) -> Answer<MailAddress> {
    let address = address_of(holder)?.ok_or(Refusal::NotPassedLately)?;
    let email = holder.only(&email_code::KIND).map(|record| record.id);
    let enrolled = |id: &FactorId| holder.factor(*id).is_some_and(|factor| factor.confirmed_at.is_some());
    let passed = |id: &FactorId| enrolled(id) && lately(holder, visit, *id, now);
    let all = email.iter().chain(ticked).all(passed);
    if all { Ok(address) } else { Err(Refusal::NotPassedLately.into()) }
}

/// Leaves what is not kept behind, and turns the visit into a session of the account.
fn become_account(holder: &mut Holder, inside: &Visit, device: DeviceId, ticked: &[FactorId], now: Timestamp) {
    let handle = inside.session.handle;
    let kept = |factor: &FactorRecord| factor.kind == email_code::KIND || ticked.contains(&factor.id);
    let left: Vec<FactorId> = holder.factors.iter().filter(|factor| !kept(factor)).map(|factor| factor.id).collect();
    for id in left {
        holder.remove(id, handle);
    }
    let (browser, network) = (inside.browser.name.clone(), inside.network.to_string());
    let opened = Some(SessionOrigin { at: now, seen_at: now, browser, network });
    let proofs = holder.proofs(handle).to_vec();
    holder.open(SessionEntry { handle, proofs, opened });
    let mut account = Account::new(now);
    account.renew_device(&inside.browser.devices, device);
    holder.account = Some(account);
}
