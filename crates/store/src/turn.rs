//! Turns at writing. On SQLite, whoever waited while another wrote joins that transaction, and one sync to the disk serves them all.
//!
//! A group is one transaction. Each change in it stands behind a savepoint of its own, so that a change which is refused or given up
//! takes nothing along. Turns are handed out in the order of asking; the one who closes a group asks as soon as it is opened, so a group
//! holds whoever asked before that. Nobody hears of success before the group is on the disk.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use tminus_domain::{engagement::Engagement, ids::EngagementId};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, oneshot};

use crate::{Changed, Store, StoreError, batch::Batch, change::begin, engagement};

/// What changes join while it is open.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<Option<Group>>>);

struct Group {
    tx: DatabaseTransaction,
    saved: Vec<Saved>,
    /// Engagements as the group leaves them, not yet on the disk.
    after: HashMap<EngagementId, Arc<Engagement>>,
    /// Somebody left without saving. What they wrote is taken back by whoever comes next.
    left: bool,
}

struct Saved {
    after: Arc<Engagement>,
    facts: usize,
    told: oneshot::Sender<Result<(), StoreError>>,
}

/// The transaction that a change writes in.
pub(crate) enum Tx {
    Own(DatabaseTransaction),
    Shared(Turn),
}

/// One change's turn in a group.
pub(crate) struct Turn {
    group: OwnedMappedMutexGuard<Option<Group>, Group>,
    saved: bool,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.group.left |= !self.saved;
    }
}

impl Tx {
    pub(crate) fn db(&self) -> &DatabaseTransaction {
        match self {
            Self::Own(tx) => tx,
            Self::Shared(turn) => &turn.group.tx,
        }
    }

    /// The engagement at this revision, where another change of the same group left it.
    pub(crate) fn unsaved(&self, id: &EngagementId, revision: i64) -> Option<Arc<Engagement>> {
        let Self::Shared(turn) = self else { return None };
        turn.group.after.get(id).filter(|it| it.revision == revision).cloned()
    }

    /// Writes the rest of a change. When it returns, the change is on the disk, kept in memory and announced.
    pub(crate) async fn save(self, store: &Store, mut batch: Batch, after: Arc<Engagement>, facts: usize) -> Result<(), StoreError> {
        match self {
            Self::Own(tx) => {
                batch.run(&tx).await?;
                store.cache.expect(&after);
                if let Err(error) = tx.commit().await {
                    store.cache.forget(&after.id);
                    return Err(error.into());
                }
                store.now_stands(&after, facts).await;
                Ok(())
            }
            Self::Shared(mut turn) => {
                batch.add_text("RELEASE SAVEPOINT turn");
                // A task of its own: a client that hangs up half-way must not leave a statement running in a group of others.
                let saved = tokio::spawn(async move {
                    batch.run(&turn.group.tx).await?;
                    let (told, hears) = oneshot::channel();
                    turn.group.after.insert(after.id.clone(), after.clone());
                    turn.group.saved.push(Saved { after, facts, told });
                    turn.saved = true;
                    drop(turn);
                    hears.await.unwrap_or(Err(StoreError::Busy))
                });
                saved.await.unwrap_or(Err(StoreError::Busy))
            }
        }
    }
}

impl Group {
    async fn take_back(&mut self) -> Result<(), StoreError> {
        if self.left {
            self.tx.execute_unprepared("ROLLBACK TO SAVEPOINT turn; RELEASE SAVEPOINT turn").await?;
            self.left = false;
        }
        Ok(())
    }

    /// Nothing of the group is kept, and everybody in it hears so.
    fn fail(self, error: &StoreError) {
        for saved in self.saved {
            // Nobody waiting any more is no failure.
            let _ = saved.told.send(Err(error.again()));
        }
    }
}

impl Store {
    /// A transaction to change an engagement in, with the revision the engagement stands at; none if there is no such engagement.
    pub(crate) async fn turn(&self, id: &EngagementId) -> Result<(Tx, Option<i64>), StoreError> {
        if !self.is_sqlite() {
            let tx = begin(&self.write).await?;
            let revision = engagement::revision(&tx, id, "", " FOR UPDATE").await?;
            return Ok((Tx::Own(tx), revision));
        }
        let (store, id) = (self.clone(), id.clone());
        let turn = tokio::spawn(async move {
            let turn = store.join_group().await?;
            let revision = engagement::revision(&turn.group.tx, &id, "SAVEPOINT turn; ", "").await?;
            Ok((Tx::Shared(turn), revision))
        });
        turn.await.unwrap_or(Err(StoreError::Busy))
    }

    async fn join_group(&self) -> Result<Turn, StoreError> {
        let mut open = self.turns.0.clone().lock_owned().await;
        if let Some(group) = &mut *open
            && let Err(error) = group.take_back().await
            && let Some(group) = open.take()
        {
            group.fail(&error);
        }
        if open.is_none() {
            let tx = begin(&self.write).await?;
            *open = Some(Group { tx, saved: Vec::new(), after: HashMap::new(), left: false });
            let store = self.clone();
            tokio::spawn(async move { store.close_group().await });
        }
        let group = OwnedMutexGuard::try_map(open, Option::as_mut).map_err(|_| StoreError::Busy)?;
        Ok(Turn { group, saved: false })
    }

    async fn close_group(&self) {
        let mut open = self.turns.0.lock().await;
        let Some(mut group) = open.take() else { return };
        if let Err(error) = group.take_back().await {
            return group.fail(&error);
        }
        let Group { tx, saved, after, .. } = group;
        for coming in after.values() {
            self.cache.expect(coming);
        }
        let done = tx.commit().await.map_err(StoreError::from);
        if done.is_err() {
            for id in after.keys() {
                self.cache.forget(id);
            }
        }
        for saved in saved {
            let told = match &done {
                Ok(()) => {
                    self.now_stands(&saved.after, saved.facts).await;
                    Ok(())
                }
                Err(error) => Err(error.again()),
            };
            let _ = saved.told.send(told);
        }
    }

    async fn now_stands(&self, after: &Arc<Engagement>, facts: usize) {
        self.tally.count(facts);
        self.cache.keep(after);
        self.announce(Changed { engagement: after.id.0.clone(), revision: after.revision }).await;
    }
}
