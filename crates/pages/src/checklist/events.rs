//! What changes while somebody looks: one event for each change of the engagement.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::Path,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt as _, stream};
use tminus_app::{App, rights::sign_in::caller_of_session};
use tminus_domain::{ids::EngagementId, rights::Right};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Interval, interval},
};

use crate::caller::{Caller, SESSION, cookie};

/// How often it is looked whether whoever listens still may, while nothing changes.
const STILL: Duration = Duration::from_secs(5);

struct Listening {
    app: App,
    /// The session that asked. Whoever is signed out or ended hears nothing more.
    session: String,
    engagement: EngagementId,
    changes: Receiver<tminus_app::store::Changed>,
    still: Interval,
}

pub(super) async fn events(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let engagement = EngagementId(id);
    // Subscribed first: what changes while the right is checked is not missed.
    let changes = caller.app().store.changes();
    if let Err(failure) = caller.app().view(&caller.actor, &engagement, Right::ReadEngagement).await {
        return caller.answer(Err(failure));
    }
    let session = cookie(&headers, SESSION).unwrap_or_default().to_owned();
    let listening = Listening { app: caller.app().clone(), session, engagement, changes, still: interval(STILL) };
    let events = stream::unfold(listening, async |mut listening| Some((listening.next().await?, listening)));
    // Who sends them may ask once more after the end.
    Sse::new(events.fuse()).keep_alive(KeepAlive::default()).into_response()
}

impl Listening {
    /// The next change. The stream ends when the right does.
    async fn next(&mut self) -> Option<Result<Event, Infallible>> {
        loop {
            let ours = tokio::select! {
                changed = self.changes.recv() => match changed {
                    Ok(changed) if changed.engagement != self.engagement.as_str() => continue,
                    // Too much happened: look again, whatever it was.
                    Ok(_) | Err(RecvError::Lagged(_)) => true,
                    Err(RecvError::Closed) => return None,
                },
                _ = self.still.tick() => false,
            };
            let actor = caller_of_session(&self.app, &self.session).await.ok()?.actor;
            let view = self.app.view(&actor, &self.engagement, Right::ReadEngagement).await.ok()?;
            if ours {
                return Some(Ok(Event::default().id(view.engagement.revision.to_string()).data("changed")));
            }
        }
    }
}
