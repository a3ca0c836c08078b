//! Settings that bound something.

use super::{load, mistake};

#[test]
fn vaults_together_have_a_number_of_bytes() {
    let most = |text| load(&[("POSTERN_VAULT_MAX_BYTES", text)]).map(|config| config.vault_max_bytes);
    assert_eq!(load(&[]).expect("all right").vault_max_bytes, 512 << 20);
    for (text, bytes) in [("0", 0), (" 1048576 ", 1 << 20), ("1099511627776", 1 << 40)] {
        assert_eq!(most(text).expect(text), bytes);
    }
    for text in ["-1", "1 GiB", "1e9", "1.5", "1099511627777"] {
        let said = mistake(&[("POSTERN_VAULT_MAX_BYTES", text)]);
        assert!(said.starts_with("vault.max_bytes (environment POSTERN_VAULT_MAX_BYTES)"), "{said}");
        assert!(said.contains("is no number of bytes"), "{said}");
    }
}

#[test]
fn older_name_of_a_setting_is_read_and_the_present_one_holds_where_both_are_given() {
    let older = ("POSTERN_VAULT_MOST_BYTES", "1");
    let present = ("POSTERN_VAULT_MAX_BYTES", "2");
    let bytes = |variables: &[(&str, &str)]| load(variables).expect("all right").vault_max_bytes;
    assert_eq!((bytes(&[older]), bytes(&[older, present]), bytes(&[present, older])), (1, 2, 2));
    let said = mistake(&[("POSTERN_VAULT_MOST_BYTES", "many")]);
    assert!(said.starts_with("vault.max_bytes (environment POSTERN_VAULT_MOST_BYTES)"), "{said}");
}

#[test]
fn groups_of_a_quorum_have_2_to_255_shares() {
    let most = |text| load(&[("POSTERN_QUORUM_MAX_SHARES", text)]).map(|config| config.quorum_max_shares);
    assert_eq!(load(&[]).expect("all right").quorum_max_shares, 32);
    assert_eq!((most("2").expect("2"), most("255").expect("255")), (2, 255));
    for text in ["1", "256", "-3", "many"] {
        assert!(mistake(&[("POSTERN_QUORUM_MAX_SHARES", text)]).contains("is no number of shares"), "{text}");
    }
}

#[test]
fn vaults_are_kept_for_good_unless_days_are_given() {
    let unused = |text| load(&[("POSTERN_VAULT_UNUSED_DAYS", text)]).map(|config| config.vault_unused_lasts);
    assert_eq!(load(&[]).expect("all right").vault_unused_lasts, None);
    assert_eq!(unused("400").expect("400"), Some(std::time::Duration::from_hours(400 * 24)));
    assert!(mistake(&[("POSTERN_VAULT_UNUSED_DAYS", "soon")]).contains("is no number of days"));
}
