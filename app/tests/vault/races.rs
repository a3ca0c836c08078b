//! Many at once: what each is told is true of what is there.

use std::sync::Arc;

use postern_app::vault::Refusal;

use crate::app::{LIGHT, TestApp, entries};

/// Runs as many at once, on as many threads as there are.
async fn at_once<T, F>(app: &Arc<TestApp>, racers: usize, race: impl Fn(Arc<TestApp>, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let racing: Vec<_> = (0..racers).map(|racer| tokio::spawn(race(Arc::clone(app), racer))).collect();
    futures::future::try_join_all(racing).await.expect("no racer panics")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_replace_one_entry_one_does() {
    let app = Arc::new(TestApp::open().await);
    app.adds("ada", &["before", "counter", "behind"]).await;
    for round in 0..5 {
        let old = if round == 0 { "counter".to_owned() } else { app.lists("ada").await.expect("a list")[1].clone() };
        let answers = at_once(&app, 50, |app, racer| {
            let (old, new) = (old.clone(), format!("{round}-{racer}"));
            async move { app.replaces("ada", &old, &new, None).await }
        })
        .await;
        let done: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        assert_eq!(done.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|answer| answer.is_ok() || *answer == Err(Refusal::Gone)));
        assert_eq!(app.lists("ada").await.expect("a list"), ["before", done[0], "behind"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_many_remove_at_once_is_counted_once() {
    let app = Arc::new(TestApp::open().await);
    let texts: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    app.adds("ada", &texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let counts = at_once(&app, 20, |app, racer| async move {
        let (one, other) = (racer.to_string(), ((racer + 1) % 20).to_string());
        app.removes("ada", &[&one, &other]).await
    });
    assert_eq!(counts.await.iter().sum::<usize>(), 20);
    assert_eq!(app.lists("ada").await, Err(Refusal::Unknown));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_add_the_first_entry_one_makes_the_vault_and_none_is_lost() {
    let app = Arc::new(TestApp::open().await);
    let made = at_once(&app, 20, |app, racer| async move {
        let from = u8::try_from(racer).expect("few");
        app.tries_to_add("ada", from, entries(&[&racer.to_string()])).await.expect("it is added").user_created
    });
    assert_eq!(made.await.iter().filter(|made| **made).count(), 1);
    let mut list = app.lists("ada").await.expect("a list");
    list.sort_by_key(|text| text.parse::<usize>().expect("a number"));
    assert_eq!(list, (0..20).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_total_is_never_passed_and_nothing_of_it_gets_lost() {
    let app = Arc::new(TestApp::within(10 * LIGHT).await);
    for round in 0..3 {
        let added = at_once(&app, 40, move |app, racer| async move {
            let hash = format!("user-{}", racer % 8);
            app.tries_to_add(&hash, u8::try_from(racer).expect("few"), entries(&[&format!("{round}-{racer}")])).await
        });
        let added = added.await.into_iter().flatten().count();
        assert_eq!(added, 10, "exactly what there is room for");
        let gone = at_once(&app, 8, |app, racer| async move {
            let hash = format!("user-{racer}");
            let list = app.lists(&hash).await.unwrap_or_default();
            app.removes(&hash, &list.iter().map(String::as_str).collect::<Vec<_>>()).await
        });
        assert_eq!(gone.await.iter().sum::<usize>(), 10);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_list_is_whole_while_others_change_it() {
    let app = Arc::new(TestApp::open().await);
    app.adds("ada", &["still", "0"]).await;
    let moving = tokio::spawn({
        let app = Arc::clone(&app);
        async move {
            for number in 0..200 {
                let (old, new) = (number.to_string(), (number + 1).to_string());
                app.replaces("ada", &old, &new, None).await.expect("nobody else moves it");
            }
        }
    });
    let mut last = 0;
    while last < 200 {
        let list = app.lists("ada").await.expect("a list");
        assert_eq!((list.len(), list[0].as_str()), (2, "still"));
        let now = list[1].parse::<u32>().expect("a number");
        assert!(now >= last, "it never goes back: {now} after {last}");
        last = now;
        tokio::task::yield_now().await;
    }
    moving.await.expect("it ends");
}
