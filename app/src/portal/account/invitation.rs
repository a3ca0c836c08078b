//! Invitations to a portal that makes no accounts by itself. One lets an address in once, however often it is asked.

use super::super::{InternalError, Portal};
use postern_core::figures;
use postern_core::model::{MailAddress, Timestamp};
use postern_core::port::{Expect, Key};

impl Portal {
    /// Where an invitation stands. It holds until when.
    pub(in crate::portal) fn invitation(&self, address: &MailAddress) -> Key {
        Key::new(self.lookup.name("invitation", &address.lookup_form()), "invitation")
    }

    pub(in crate::portal) async fn is_invited(
        &self,
        address: &MailAddress,
        now: Timestamp,
    ) -> Result<bool, InternalError> {
        Ok(self.invited_until(address, now).await?.is_some())
    }

    pub(in crate::portal) async fn invited_until(
        &self,
        address: &MailAddress,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, InternalError> {
        Ok(self.records.load::<Timestamp>(&self.invitation(address), now).await?.map(|(until, _)| until))
    }

    /// After the account is made.
    pub(super) async fn accept_invitation(&self, address: &MailAddress, now: Timestamp) {
        let deleted = self.outside.store.delete(&self.invitation(address), Expect::Anything, now).await;
        figures::follow_up("used invitation", deleted);
    }
}
