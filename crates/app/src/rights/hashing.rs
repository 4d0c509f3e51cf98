//! Passwords are hashed one at a time, by one thread: each takes 19 MiB, and many sign-ins at once must not take the machine's memory.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{OnceLock, mpsc},
    thread,
};

use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// How many may wait. Beyond that, who asks is told no at once.
const MAX_WAITING: usize = 256;

/// Does the work after all that asked before. `None` if too many wait, or the work broke.
pub(super) async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    static LINE: OnceLock<Option<mpsc::SyncSender<Work>>> = OnceLock::new();
    let line = LINE.get_or_init(start).as_ref()?;
    let (answer, answered) = oneshot::channel();
    // Nobody waiting for the answer any more is no failure.
    let work = move || drop(answer.send(work()));
    line.try_send(Box::new(work)).ok()?;
    answered.await.ok()
}

fn start() -> Option<mpsc::SyncSender<Work>> {
    let (line, waiting) = mpsc::sync_channel::<Work>(MAX_WAITING);
    let hash = move || {
        for work in waiting {
            // A panic ends this piece of work and not the thread; whoever waits for it gets no answer.
            let _ = catch_unwind(AssertUnwindSafe(work));
        }
    };
    thread::Builder::new().name("passwords".to_owned()).spawn(hash).ok().map(|_| line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_in_turn_and_a_panic_ends_only_its_own() {
        assert_eq!(in_turn(|| 1).await, Some(1));
        assert_eq!(in_turn(|| -> u8 { panic!("on purpose") }).await, None);
        assert_eq!(in_turn(|| 2).await, Some(2));
    }
}
