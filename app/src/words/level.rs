//! What a level means.

pub const HIGHEST: u8 = 3;

/// After "Level 1 of 3: ".
pub const fn meaning(level: u8) -> &'static str {
    match level {
        0 => "no mail address is proved yet",
        1 => "a mail address was proved",
        2 => "a mail address and something you hold were proved",
        _ => "a mail address and a security key were proved",
    }
}

pub const LEVEL: &str = "Level ";

/// Stands after the number.
pub fn after(level: u8) -> String {
    format!(" of {HIGHEST}: {}.", meaning(level))
}
