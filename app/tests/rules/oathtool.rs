//! Codes are the ones that `oathtool`, another program, computes.

use std::process::Command;
use std::time::Duration;

use postern_core::factor::hotp;
use postern_core::factor::totp::Setting;
use postern_core::model::Timestamp;

use crate::app::{Phone, TestApp, Told};

/// What oathtool shows at a moment, for the key as the enrolment page shows it.
fn oathtool(phone: &Phone, key: &str, at: Timestamp) -> String {
    let Setting { algorithm, digits, period } = phone.setting;
    shows(&[
        &format!("--totp={}", algorithm.name()),
        &format!("--digits={digits}"),
        &format!("--time-step-size={period}s"),
        &format!("--now=@{}", at.unix_secs()),
        key,
    ])
}

/// What oathtool shows for a counter; it knows HOTP with SHA1 only.
fn oathtool_counts(digits: u8, key: &str, counter: u64) -> String {
    shows(&["--hotp", &format!("--digits={digits}"), &format!("--counter={counter}"), key])
}

fn shows(asked: &[&str]) -> String {
    let output = Command::new("oathtool")
        .arg("--base32")
        .args(asked)
        .output()
        .expect("this test needs the program oathtool (Debian: apt install oathtool)");
    assert!(output.status.success(), "oathtool: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("digits").trim().to_owned()
}

#[tokio::test]
async fn oathtool_confirms_and_passes_every_setting() {
    let app = TestApp::open().await;
    for algorithm in ["SHA1", "SHA256", "SHA512"] {
        for digits in [6, 8] {
            for period in [30, 60] {
                let setting = Setting::choose(Some(algorithm), Some(digits), Some(period)).expect("a setting");
                let ada = app.visitor().await;
                let enrolment = ada.tries_to_begin_totp(setting).await.done();
                let (phone, key) = (Phone::scans(&enrolment), enrolment.provisioning.key.expose());
                for _ in 0..3 {
                    let shown = oathtool(&phone, key, app.now());
                    assert_eq!(shown.len(), usize::from(digits));
                    assert_eq!(shown, phone.code(app.now()), "{setting:?}");
                    ada.answers_totp(&shown).await.done();
                    app.advance(Duration::from_secs(period));
                }
            }
        }
    }
}

#[tokio::test]
async fn oathtool_confirms_and_passes_every_counter() {
    let app = TestApp::open().await;
    for digits in [6, 8] {
        for first in [0, 36, 44, 62, (1 << 31) - 1, (1 << 32) - 1, (1 << 53) - 1] {
            let setting = hotp::Setting::choose(None, Some(digits), Some(first), None).expect("a setting");
            let ada = app.visitor().await;
            let enrolment = app.portal.begin_hotp(&ada.visit, setting, None).await.done();
            let key = enrolment.provisioning.key.expose();
            assert!(enrolment.provisioning.uri.expose().ends_with(&format!("&counter={first}")));
            for counter in first..first + 3 {
                let shown = oathtool_counts(digits, key, counter);
                assert_eq!(shown.len(), usize::from(digits));
                ada.answers_hotp(&shown).await.done();
            }
            assert_eq!(app.portal.hotp_counter(&ada.visit).await.done(), first + 3);
        }
    }
}
