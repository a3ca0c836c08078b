//! The whole document: head, banner, header, footer, and a page in between.

use leptos::prelude::*;

use super::{Mark, PostForm};
use crate::words::shell as words;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub label: &'static str,
    pub path: &'static str,
}

/// Where the demo's helpers are.
#[derive(Clone, Copy, Debug)]
pub struct DemoLinks {
    pub outbox: &'static str,
    pub phone: &'static str,
}

/// Who sits there, as far as the way around is concerned.
#[derive(Clone, Copy, Debug)]
pub enum Person {
    Stranger {
        sign_in: &'static str,
    },
    /// `sign_out` takes a form.
    SignedIn {
        account: &'static str,
        sign_out: &'static str,
    },
}

/// What a document needs besides its page.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What the portal calls itself.
    pub name: String,
    /// Of the page; the name is put behind it.
    pub title: &'static str,
    /// Paths of what the page loads.
    pub stylesheet: String,
    pub icon: String,
    /// ES modules.
    pub scripts: Vec<String>,
    pub home: &'static str,
    /// This page, so that its link is marked.
    pub here: &'static str,
    pub nav: Vec<Link>,
    /// None where nobody can sign in.
    pub person: Option<Person>,
    pub footer: Vec<Link>,
    /// Only in a demo.
    pub demo: Option<DemoLinks>,
    pub version: &'static str,
}

#[component]
pub fn Shell(frame: Frame, children: Children) -> impl IntoView {
    let scripts =
        frame.scripts.iter().map(|src| view! { <script type="module" src=src.clone()></script> }).collect_view();
    // With their types erased the whole document's type stays within what the compiler follows.
    let around = Around { here: frame.here, links: frame.nav.clone(), person: frame.person };
    let header = view! { <Header name=frame.name.clone() home=frame.home around=around /> };
    let footer = view! { <Footer version=frame.version links=frame.footer.clone() /> };
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f4f1ea" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#131615" />
                <meta name="format-detection" content="telephone=no" />
                <title>{words::title(frame.title, &frame.name)}</title>
                <link rel="icon" type="image/svg+xml" href=frame.icon.clone() />
                <link rel="stylesheet" href=frame.stylesheet.clone() />
                {scripts}
            </head>
            <body>
                <a class="skip" href="#page">{words::SKIP}</a>
                {frame.demo.map(|links| view! { <DemoBanner links=links /> })}
                {header.into_any()}
                <div class="column">{children()}</div>
                {footer.into_any()}
            </body>
        </html>
    }
}

#[component]
fn DemoBanner(links: DemoLinks) -> impl IntoView {
    view! {
        <aside class="demo" aria-label=words::DEMO_LABEL>
            <p>
                {words::DEMO_BEFORE}
                <a href=links.outbox>{words::DEMO_OUTBOX}</a>
                {words::DEMO_BETWEEN}
                <a href=links.phone>{words::DEMO_PHONE}</a>
                {words::DEMO_AFTER}
            </p>
        </aside>
    }
}

/// The way around, as it stands in the header.
#[derive(Clone)]
struct Around {
    here: &'static str,
    links: Vec<Link>,
    person: Option<Person>,
}

/// Wide screens show the links in a row, narrow ones in a menu; the stylesheet takes the other one away.
#[component]
fn Header(name: String, home: &'static str, around: Around) -> impl IntoView {
    let links = (!around.links.is_empty() || around.person.is_some()).then(|| {
        view! {
            <nav class="nav-row" aria-label=words::NAV_LABEL>
                <NavList around=around.clone() />
            </nav>
            <details class="nav-menu">
                <summary>{words::MENU}</summary>
                <nav aria-label=words::NAV_LABEL>
                    <NavList around=around />
                </nav>
            </details>
        }
    });
    view! {
        <header class="header">
            <a class="brand" href=home aria-label=words::home_label(&name)>
                <Mark />
                <span>{name.clone()}</span>
            </a>
            {links}
        </header>
    }
}

#[component]
fn NavList(around: Around) -> impl IntoView {
    let Around { here, mut links, person } = around;
    let out = match person {
        None => None,
        Some(Person::Stranger { sign_in }) => {
            links.push(Link { label: words::SIGN_IN, path: sign_in });
            None
        }
        Some(Person::SignedIn { account, sign_out }) => {
            links.push(Link { label: words::ACCOUNT, path: account });
            Some(view! {
                <li>
                    <PostForm action=sign_out>
                        <button type="submit" class="nav-button">{words::SIGN_OUT}</button>
                    </PostForm>
                </li>
            })
        }
    };
    let items = links
        .into_iter()
        .map(|link| {
            let current = (link.path == here).then_some("page");
            view! { <li><a href=link.path aria-current=current>{link.label}</a></li> }
        })
        .collect_view();
    view! { <ul>{items}{out}</ul> }
}

#[component]
fn Footer(version: &'static str, links: Vec<Link>) -> impl IntoView {
    let links = links.into_iter().map(|link| view! { <a href=link.path>{link.label}</a> }).collect_view();
    view! {
        <footer class="footer" aria-label=words::FOOTER_LABEL>
            <span>{words::version(version)}</span>
            {links}
            <span>{words::SCRIPTS}</span>
        </footer>
    }
}
