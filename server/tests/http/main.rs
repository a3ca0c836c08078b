//! The whole portal over HTTP, from outside: pages and session API, over either store.

#[path = "../support/app.rs"]
mod app;
#[path = "../support/browser.rs"]
mod browser;
#[path = "../support/described.rs"]
mod described_by;
#[path = "../support/phone.rs"]
mod phone;
#[path = "../support/process.rs"]
mod process;
#[path = "../support/prometheus.rs"]
mod prometheus;
#[path = "../support/redis.rs"]
mod redis_server;
#[path = "../support/service.rs"]
mod service;
#[path = "../support/smtp.rs"]
mod smtp;
#[path = "../support/wait.rs"]
mod wait;

mod accounts;
mod accounts_alike;
mod accounts_devices;
mod accounts_ends;
mod accounts_faults;
mod accounts_input;
mod accounts_once;
mod accounts_pages;
mod accounts_pending;
mod accounts_races;
mod accounts_step_up;
mod accounts_walk;
mod admin;
mod api_codes;
mod api_hotp;
mod api_keys;
mod api_session;
mod clients;
mod clients_flood;
mod clients_keys;
mod clients_page;
mod clients_page_secrets;
mod clients_races;
mod clients_totp;
mod clients_u2f;
mod clients_webauthn;
mod connections;
mod described;
mod doors;
mod faults;
mod faulty;
mod guard;
mod headers;
mod input;
mod input_described;
mod input_of_clients;
mod journey;
mod logs;
mod markup;
mod metrics;
mod modules;
mod outages;
mod pages;
mod pasted;
mod paths;
mod quorum;
mod quorum_outsiders;
mod quorum_pages;
mod races;
mod readme;
mod sessions;
mod signals;
mod store_calls;
mod submissions;
mod vault;
mod vault_large;
mod vault_races;
mod wired;
