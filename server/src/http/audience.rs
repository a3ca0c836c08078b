//! Who an answer is for, found once at the edge from the path: a refusal that no route words is a page for people and a
//! problem document for programs.

use crate::health;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Person,
    Program,
}

impl Audience {
    pub fn of(path: &str) -> Self {
        if path.starts_with("/api/") || health::PATHS.contains(&path) { Self::Program } else { Self::Person }
    }
}
