//! From visitor to account: what was ticked stays, as it stands.

use postern_app::portal::{Answer, Settings, SignedIn};
use postern_core::factor::{email_code, hotp as token, totp as app};
use postern_core::model::{FactorId, Refusal};
use postern_core::rules::sign_up::SignUp;

use crate::house::{ADA, House, Phone, Told, Visitor, at_once};
use crate::setup::{BOB, FRESH, HOUR, MINUTE, totp, with_mail};

/// A visitor who has proved an address and enrolled an app.
async fn settled(house: &House) -> (Visitor, Phone, FactorId) {
    let visitor = house.visitor().await;
    visitor.proves(ADA).await;
    let phone = visitor.enrols_totp().await;
    let id = visitor.factor(&app::KIND).await.expect("an app");
    (visitor, phone, id)
}

async fn keeps(visitor: &Visitor, ticked: &[FactorId]) -> Answer<SignedIn> {
    visitor.house.portal.keep(&visitor.visit, ticked).await
}

#[tokio::test]
async fn what_is_ticked_is_kept_and_nothing_else() {
    let house = House::open().await;
    let (visitor, _, id) = settled(&house).await;
    visitor.enrols_hotp().await;
    house.portal.begin_registration(&visitor.visit, None).await.done();
    let ada = visitor.inside(keeps(&visitor, &[id]).await.done());
    assert_eq!(ada.enrolled().await, [email_code::KIND, app::KIND]);
    assert_eq!(ada.factor(&app::KIND).await, Some(id));
    assert_eq!((ada.level().await, ada.factor(&token::KIND).await), (2, None));
    assert!(ada.is_admitted().await);
}

#[tokio::test]
async fn with_nothing_ticked_mail_is_all_it_has() {
    let house = House::open().await;
    let (visitor, phone, _) = settled(&house).await;
    let ada = visitor.inside(keeps(&visitor, &[]).await.done());
    assert_eq!((ada.enrolled().await.len(), ada.level().await), (1, 1));
    assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::NotEnrolled);
    assert_eq!(house.visitor().await.signs_in(ADA).await.level().await, 1);
}

#[tokio::test]
async fn the_app_that_was_kept_signs_in_without_being_scanned_again() {
    let house = House::open().await;
    let (visitor, phone, id) = settled(&house).await;
    let used = phone.code(house.now());
    visitor.answers_totp(&used).await.done();
    keeps(&visitor, &[id]).await.done();
    let back = house.visitor().await;
    back.waits(ADA).await;
    let again = back.answers_second(&totp(&used)).await.refusal();
    assert!(matches!(again, Refusal::Replayed { .. }), "a code burned by the visitor stays burned");
    house.advance(MINUTE);
    assert_eq!(back.inside(back.answers_second(&totp(&phone.code(house.now()))).await.done()).level().await, 2);
}

#[tokio::test]
async fn it_does_not_end_with_the_visit() {
    let house = House::open().await;
    let (visitor, phone, id) = settled(&house).await;
    keeps(&visitor, &[id]).await.done();
    house.advance(HOUR * 2);
    let ada = house.visitor().await.signs_in_with_phone(&phone).await;
    assert_eq!(ada.visit.session.holder, visitor.visit.session.holder);
    house.advance(HOUR * 24 * 365);
    house.visitor().await.signs_in_with_phone(&phone).await;
}

#[tokio::test]
async fn each_of_it_was_passed_within_ten_minutes() {
    let house = House::open().await;
    let (visitor, phone, id) = settled(&house).await;
    // Enrolling took half a minute, after the mail was passed.
    house.almost(FRESH);
    assert_eq!(keeps(&visitor, &[]).await.refusal(), Refusal::NotPassedLately);
    visitor.proves(ADA).await;
    house.advance(MINUTE);
    assert_eq!(keeps(&visitor, &[id]).await.refusal(), Refusal::NotPassedLately);
    let look = house.portal.look(&visitor.visit).await.done();
    let lately: Vec<_> = house.portal.keepable(&visitor.visit, &look).into_iter().map(|kept| kept.lately).collect();
    assert_eq!(lately, [true, false]);
    visitor.passes_totp(&phone).await.done();
    keeps(&visitor, &[id]).await.done();
}

#[tokio::test]
async fn what_was_not_passed_at_all_is_not_kept() {
    let house = House::open().await;
    let (visitor, _, _) = settled(&house).await;
    visitor.begins_hotp().await;
    let unconfirmed = visitor.factor(&token::KIND).await.expect("a token");
    assert_eq!(keeps(&visitor, &[unconfirmed]).await.refusal(), Refusal::NotPassedLately);
    assert_eq!(keeps(&visitor, &[FactorId::from([9; 16])]).await.refusal(), Refusal::NotPassedLately);
    // Registering a key passes nothing.
    let key = visitor.registers(&mut postern_core::testing::Authenticator::new(1)).await;
    assert_eq!(keeps(&visitor, &[key]).await.refusal(), Refusal::NotPassedLately);
    let nobody = house.visitor().await;
    nobody.enrols_totp().await;
    assert_eq!(keeps(&nobody, &[]).await.refusal(), Refusal::NotPassedLately);
}

#[tokio::test]
async fn an_address_that_has_an_account_is_refused_and_the_account_untouched() {
    let house = House::open().await;
    let ada = with_mail(&house).await;
    let (visitor, _, id) = settled(&house).await;
    assert_eq!(keeps(&visitor, &[id]).await.refusal(), Refusal::AddressTaken);
    assert_eq!(ada.enrolled().await, [email_code::KIND]);
    assert_eq!(visitor.level().await, 2);
}

#[tokio::test]
async fn a_closed_portal_keeps_nobody() {
    let house = House::with(Settings { sign_up: SignUp::Closed, ..Settings::default() }).await;
    let (visitor, _, id) = settled(&house).await;
    assert_eq!(keeps(&visitor, &[id]).await.refusal(), Refusal::SignUpClosed);
}

#[tokio::test]
async fn kept_in_many_tabs_at_once_it_is_one_account() {
    let house = House::open().await;
    let (visitor, _, id) = settled(&house).await;
    let processes = [house.clone(), house.another_process().await];
    let answers = at_once((0..10).map(|tab| {
        let tab = visitor.through(&processes[tab % 2]);
        async move { keeps(&tab, &[id]).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(!answers.iter().any(|answer| matches!(answer, Err(postern_app::portal::No::Fault(_)))), "{answers:?}");
    let made = house.news().await.iter().filter(|letter| letter.subject.expose().contains("have an account")).count();
    assert_eq!(made, 1);
}

#[tokio::test]
async fn two_visitors_who_keep_one_address_at_once_make_one_account() {
    let house = House::open().await;
    let ((first, _, one), (second, _, other)) = (settled(&house).await, settled(&house).await);
    let answers =
        at_once([(first, one), (second, other)].map(|(tab, id)| async move { keeps(&tab, &[id]).await })).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
}

#[tokio::test]
async fn an_address_proved_at_the_same_moment_is_not_kept_unreserved() {
    for delay in 0..20 {
        let house = House::open().await;
        let visitor = house.visitor().await;
        visitor.proves(ADA).await;
        house.advance(MINUTE);
        visitor.asks_for_mail(BOB).await.done();
        let digits = visitor.mailed_code().await;
        let (tab, other) = (visitor.clone(), visitor.clone());
        let kept = tokio::spawn(crate::house::after(delay, async move { keeps(&tab, &[]).await }));
        let proved = tokio::spawn(async move { other.answers_mail(&digits).await });
        let (kept, proved) = (kept.await.expect("no panic"), proved.await.expect("no panic"));
        if let Ok(kept) = kept {
            let ada = visitor.inside(kept);
            let address = house.portal.look(&ada.visit).await.done().address().expect("readable").expect("one");
            // Whoever signs in with the address of the account finds it, not a new one.
            let back = house.visitor().await.signs_in(&address.to_string()).await;
            assert_eq!(back.visit.session.holder, ada.visit.session.holder, "after {delay} calls");
        } else {
            proved.done();
            assert_eq!(kept.refusal(), Refusal::NotPassedLately);
        }
    }
}

#[tokio::test]
async fn an_accounts_session_keeps_nothing() {
    let house = House::open().await;
    let ada = with_mail(&house).await;
    assert_eq!(keeps(&ada, &[]).await.refusal(), Refusal::AddressOfAccount);
}
