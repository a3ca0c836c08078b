//! What each factor protects against: a table on wide screens, a list of cards on a phone, the same cells in both.

use leptos::prelude::*;

use crate::words::protection::{self as words, Holds, Row};

#[component]
pub fn Protection() -> impl IntoView {
    let threats = words::THREATS.map(|threat| view! { <th scope="col">{threat}</th> }).collect_view();
    let rows = words::ROWS.iter().map(row).collect_view();
    view! {
        <section class="protection" aria-labelledby="protection">
            <h2 id="protection">{words::HEADING}</h2>
            <table>
                <caption>{words::CAPTION}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::FACTOR}</th>
                        {threats}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

fn row(row: &'static Row) -> impl IntoView {
    let cells = row.holds.iter().zip(words::THREATS).map(|((holds, why), threat)| {
        let class = match holds {
            Holds::Yes => "holds yes",
            Holds::Partly => "holds partly",
            Holds::UseCaseError => "holds no",
        };
        view! {
            <td data-threat=threat>
                <strong class=class>{holds.word()}</strong>
                <span>{*why}</span>
            </td>
        }
    });
    view! {
        <tr>
            <th scope="row">{row.factor}</th>
            {cells.collect_view()}
        </tr>
    }
}
