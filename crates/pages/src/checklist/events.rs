//! What changes while somebody looks: one event for each change of the engagement.

use std::convert::Infallible;

use axum::{
    extract::Path,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt as _, stream};
use tminus_app::App;
use tminus_domain::{
    ids::EngagementId,
    rights::{Actor, Right},
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::caller::Caller;

struct Listening {
    app: App,
    actor: Actor,
    engagement: EngagementId,
    changes: Receiver<tminus_app::store::Changed>,
}

pub(super) async fn events(caller: Caller, Path(id): Path<String>) -> Response {
    let engagement = EngagementId(id);
    // Subscribed first: what changes while the right is checked is not missed.
    let changes = caller.app().store.changes();
    if let Err(failure) = caller.app().view(&caller.actor, &engagement, Right::ReadEngagement).await {
        return caller.answer(Err(failure));
    }
    let listening = Listening { app: caller.app().clone(), actor: caller.actor, engagement, changes };
    let events = stream::unfold(listening, async |mut listening| Some((listening.next().await?, listening)));
    // Who sends them may ask once more after the end.
    Sse::new(events.fuse()).keep_alive(KeepAlive::default()).into_response()
}

impl Listening {
    /// The next change. The stream ends when the right does.
    async fn next(&mut self) -> Option<Result<Event, Infallible>> {
        loop {
            let changed = self.changes.recv().await;
            let ours = match &changed {
                Ok(changed) => changed.engagement == self.engagement.as_str(),
                // Too much happened: look again, whatever it was.
                Err(RecvError::Lagged(_)) => true,
                Err(RecvError::Closed) => return None,
            };
            if ours {
                let view = self.app.view(&self.actor, &self.engagement, Right::ReadEngagement).await.ok()?;
                return Some(Ok(Event::default().id(view.engagement.revision.to_string()).data("changed")));
            }
        }
    }
}
