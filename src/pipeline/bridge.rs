//! Where async meets the compute pool: the only crossing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::ThreadPool;
use tokio::sync::oneshot;

/// The work was lost: it panicked on the compute pool.
#[derive(Debug, thiserror::Error)]
#[error("internal error while computing {what}: {message}")]
pub struct ComputeLost {
    /// What was being computed.
    pub what: String,
    /// The panic's words.
    pub message: String,
}

/// Work that was handed to the compute pool.
#[derive(Debug)]
pub(super) struct Begun<T> {
    what: String,
    receiver: oneshot::Receiver<std::thread::Result<T>>,
}

/// Hands `work` to the compute pool, now. Work whose [`Begun`] is gone when its turn comes is skipped.
pub(super) fn begin<T: Send + 'static>(
    pool: &Arc<ThreadPool>,
    what: impl Into<String>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Begun<T> {
    let (sender, receiver) = oneshot::channel();
    let span = tracing::Span::current();
    pool.spawn(move || {
        if sender.is_closed() {
            return;
        }
        let outcome = span.in_scope(|| catch_unwind(AssertUnwindSafe(work)));
        // The waiter may have gone meanwhile; then nobody misses the result.
        drop(sender.send(outcome));
    });
    Begun { what: what.into(), receiver }
}

impl<T> Begun<T> {
    /// Waits without blocking the I/O runtime. A panic becomes [`ComputeLost`].
    pub(super) async fn done(self) -> Result<T, ComputeLost> {
        let what = self.what;
        match self.receiver.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(panic)) => Err(ComputeLost { what, message: words_of(panic.as_ref()) }),
            Err(_) => Err(ComputeLost { what, message: "the compute pool stopped".to_owned() }),
        }
    }
}

/// Runs `work` on the compute pool and waits for it without blocking the I/O runtime.
///
/// Work whose waiter is gone is skipped. A panic becomes [`ComputeLost`] naming `what`.
pub(super) async fn compute<T: Send + 'static>(
    pool: &Arc<ThreadPool>,
    what: impl Into<String>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ComputeLost> {
    begin(pool, what, work).done().await
}

/// The message of a panic, when it carries one.
pub(super) fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_error_that_names_the_work() {
        let pool = Arc::new(rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap());
        assert_eq!(compute(&pool, "sum", || 1 + 1).await.unwrap(), 2);
        let lost = compute(&pool, "plot A", || -> u8 { panic!("boom") }).await.unwrap_err();
        assert_eq!(lost.to_string(), "internal error while computing plot A: boom");
    }
}
