//! Passwords are hashed one at a time, by one thread: each takes 19 MiB, and many sign-ins at once must not take the machine's memory.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{OnceLock, mpsc},
    thread,
};

use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// How many may wait. Beyond that, who asks is told at once to try again.
const MAX_WAITING: usize = 256;

/// Why there is no answer: too many wait already, or the work broke. It says nothing of the password.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotNow;

/// Does the work after all that asked before.
pub(super) async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, NotNow> {
    static LINE: OnceLock<Option<Line>> = OnceLock::new();
    LINE.get_or_init(Line::start).as_ref().ok_or(NotNow)?.join(work).await
}

struct Line(mpsc::SyncSender<Work>);

impl Line {
    fn start() -> Option<Self> {
        let (line, waiting) = mpsc::sync_channel::<Work>(MAX_WAITING);
        let hash = move || {
            for work in waiting {
                // A panic ends this piece of work and not the thread; whoever waits for it gets no answer.
                let _ = catch_unwind(AssertUnwindSafe(work));
            }
        };
        thread::Builder::new().name("passwords".to_owned()).spawn(hash).ok().map(|_| Self(line))
    }

    async fn join<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, NotNow> {
        let (answer, answered) = oneshot::channel();
        // Nobody waiting for the answer any more is no failure.
        let work = move || drop(answer.send(work()));
        self.0.try_send(Box::new(work)).map_err(|_| NotNow)?;
        answered.await.map_err(|_| NotNow)
    }
}

/// Holds the line that all of this program stand in, with as many waiting as may. It moves on when what comes back is dropped.
#[cfg(test)]
pub(super) fn fill() -> (mpsc::Sender<()>, usize) {
    let (release, held) = mpsc::channel::<()>();
    let mut waiting = 0;
    let (started, is_started) = mpsc::channel();
    let mut first = Box::pin(in_turn(move || {
        let _ = started.send(());
        let _ = held.recv();
    }));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(first.as_mut().poll(&mut context).is_pending());
    is_started.recv().expect("the line moves");
    loop {
        let mut next = Box::pin(in_turn(|| ()));
        match next.as_mut().poll(&mut context) {
            std::task::Poll::Pending => waiting += 1,
            std::task::Poll::Ready(_) => return (release, waiting),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_in_turn_and_a_panic_ends_only_its_own() {
        let line = Line::start().expect("a thread");
        assert_eq!(line.join(|| 1).await, Ok(1));
        assert_eq!(line.join(|| -> u8 { panic!("on purpose") }).await, Err(NotNow));
        assert_eq!(line.join(|| 2).await, Ok(2));
    }
}
