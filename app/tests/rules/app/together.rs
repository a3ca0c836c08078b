//! Things that happen at once.

use std::future::Future;

use tokio::task::yield_now;

/// Runs these side by side, a store call of each in turn, and tells what each came to.
pub async fn at_once<T, F>(futures: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = futures.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::with_capacity(tasks.len());
    for task in tasks {
        answers.push(task.await.expect("nobody panics"));
    }
    answers
}

/// Runs this once so many calls of everybody else are done.
pub async fn after<T>(calls: usize, future: impl Future<Output = T>) -> T {
    for _ in 0..calls {
        yield_now().await;
    }
    future.await
}
