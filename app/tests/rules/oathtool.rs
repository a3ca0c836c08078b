//! Codes are the ones that `oathtool`, another program, computes.

use std::process::Command;
use std::time::Duration;

use postern_app::factor::totp::Setting;
use postern_app::model::Timestamp;

use crate::house::{House, Phone, Told};

/// What oathtool shows at a moment, for the key as the enrolment page shows it.
fn oathtool(phone: &Phone, key: &str, at: Timestamp) -> String {
    let Setting { algorithm, digits, period } = phone.setting;
    let output = Command::new("oathtool")
        .args(["--base32", &format!("--totp={}", algorithm.name()), &format!("--digits={digits}")])
        .args([&format!("--time-step-size={period}s"), &format!("--now=@{}", at.unix_secs()), key])
        .output()
        .expect("this test needs the program oathtool (Debian: apt install oathtool)");
    assert!(output.status.success(), "oathtool: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("digits").trim().to_owned()
}

#[tokio::test]
async fn oathtool_confirms_and_passes_every_setting() {
    let house = House::open().await;
    for algorithm in ["SHA1", "SHA256", "SHA512"] {
        for digits in [6, 8] {
            for period in [30, 60] {
                let setting = Setting::choose(Some(algorithm), Some(digits), Some(period)).expect("a setting");
                let ada = house.visitor().await;
                let enrolment = ada.tries_to_begin_totp(setting).await.done();
                let (phone, key) = (Phone::scans(&enrolment), enrolment.provisioning.key.expose());
                for _ in 0..3 {
                    let shown = oathtool(&phone, key, house.now());
                    assert_eq!(shown.len(), usize::from(digits));
                    assert_eq!(shown, phone.code(house.now()), "{setting:?}");
                    ada.answers_totp(&shown).await.done();
                    house.advance(Duration::from_secs(period));
                }
            }
        }
    }
}
