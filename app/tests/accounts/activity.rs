//! What an account's owner sees of what happened to it.

use postern_app::portal::Settings;
use postern_core::factor::{email_code, recovery_codes, totp as app};
use postern_core::model::{FactorKind, Refusal, What};

use crate::house::{ADA, House, Told, Visitor};
use crate::setup::{BOB, HOUR, MINUTE, MOMENT, on_paper, recovery, totp, with_mail, with_totp};

async fn seen(ada: &Visitor) -> Vec<(What, FactorKind)> {
    let events = ada.house.portal.activity(&ada.visit).await.done();
    assert!(events.is_sorted_by(|newer, older| newer.at >= older.at));
    events.into_iter().map(|event| (event.what, event.factor)).collect()
}

#[tokio::test]
async fn everything_that_happened_stands_there_newest_first() {
    let house = House::open().await;
    let first = with_mail(&house).await;
    house.advance(MOMENT);
    let phone = first.enrols_totp().await;
    let paper = on_paper(&house.portal.renew_recovery_codes(&first.visit).await.done());
    house.advance(MOMENT);
    let id = first.factor(&app::KIND).await.expect("an app");
    house.portal.rename_factor(&first.visit, id, "Phone").await.done();
    house.advance(MOMENT);
    let ada = house.visitor().await.signs_in_with_phone(&phone).await;
    house.portal.answer_step_up(&ada.visit, &totp(&phone.code(house.now()))).await.done();
    house.portal.end_session(&ada.visit, first.visit.session.handle).await.done();
    house.advance(MOMENT);
    house.visitor().await.signs_in_with(ADA, &recovery(&paper[0])).await;
    house.advance(MOMENT);
    house.portal.export(&ada.visit).await.done();
    ada.moves_to(BOB).await;
    house.advance(MOMENT);
    ada.removes(&app::KIND).await.done();
    let mut expected = [
        (What::AccountMade, email_code::KIND),
        (What::Enrolled, app::KIND),
        (What::CodesRenewed, recovery_codes::KIND),
        (What::Renamed, app::KIND),
        (What::SignedIn, app::KIND),
        (What::Passed, app::KIND),
        (What::SessionsEnded, email_code::KIND),
        (What::SignedIn, recovery_codes::KIND),
        (What::Exported, email_code::KIND),
        (What::AddressChanged, email_code::KIND),
        (What::Removed, app::KIND),
    ];
    expected.reverse();
    assert_eq!(seen(&ada).await, expected);
}

#[tokio::test]
async fn each_tells_when_and_from_where() {
    let house = House::open().await;
    let ada = with_mail(&house).await;
    house.advance(MINUTE);
    let away = ada.moved_to("2001:db8::7");
    house.portal.export(&away.visit).await.done();
    let events = house.portal.activity(&ada.visit).await.done();
    assert_eq!((events[0].at, events[0].network.as_str()), (house.now(), "2001:db8::/64"));
    assert_eq!((events[1].at, &events[1].network), (house.now() - MINUTE, &ada.visit.network.to_string()));
}

#[tokio::test]
async fn what_is_older_than_an_operator_keeps_it_is_not_shown() {
    let house = House::with(Settings { activity_lasts: HOUR * 48, ..Settings::default() }).await;
    let begun = house.now();
    with_mail(&house).await;
    house.advance(HOUR * 24);
    with_mail(&house).await;
    house.clock.set(begun + HOUR * 48 - MOMENT);
    let ada = with_mail(&house).await;
    let made = (What::AccountMade, email_code::KIND);
    assert_eq!(seen(&ada).await.last(), Some(&made));
    house.advance(MOMENT);
    assert_eq!(seen(&ada).await, vec![(What::SignedIn, email_code::KIND); 2]);
    assert_eq!(house.portal.export(&ada.visit).await.done().activity.len(), 3);
}

#[tokio::test]
async fn it_is_the_accounts_own() {
    let house = House::open().await;
    let (ada, bob) = (with_mail(&house).await, house.visitor().await.signs_in(BOB).await);
    house.portal.export(&ada.visit).await.done();
    assert_eq!(seen(&bob).await.len(), 1);
    let mut mixed = bob.clone();
    mixed.visit.session.holder = ada.visit.session.holder;
    assert_eq!(house.portal.activity(&mixed.visit).await.refusal(), Refusal::NoSession);
}

#[tokio::test]
async fn what_is_shown_of_a_kept_visit_reaches_back_to_its_beginning() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    visitor.proves(ADA).await;
    let ada = visitor.inside(house.portal.keep(&visitor.visit, &[]).await.done());
    house.advance(HOUR);
    let ada = ada.again().await.signs_in(ADA).await;
    let whats: Vec<_> = seen(&ada).await.into_iter().map(|(what, _)| what).collect();
    assert_eq!(whats, [What::SignedIn, What::AccountMade, What::Enrolled]);
}

#[tokio::test]
async fn what_can_be_repeated_at_will_is_bounded_and_pushes_nothing_else_out() {
    let house = House::open().await;
    let (ada, _) = with_totp(&house).await;
    let id = ada.factor(&app::KIND).await.expect("an app");
    for number in 0..200 {
        house.portal.rename_factor(&ada.visit, id, &number.to_string()).await.done();
        house.portal.export(&ada.visit).await.done();
    }
    let events = seen(&ada).await;
    assert_eq!(events.len(), 52, "{events:?}");
    assert!(events.contains(&(What::AccountMade, email_code::KIND)) && events.contains(&(What::Enrolled, app::KIND)));
}
