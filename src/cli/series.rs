//! Many calls of one command, one after the other: how far it came is drawn, and what waits is said between
//! two such lines, which only one may draw.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::output::Output;
use crate::api::Waits;
use crate::domain::{Held, Share};
use crate::transfer::patient::Patient;

/// How often the line of progress is drawn. What takes less has none.
const REDRAW: Duration = Duration::from_millis(250);

/// Says each sentence once, however often it is told in turn: several calls wait for the same.
pub fn once(say: impl Fn(&str)) -> impl Fn(String) {
    let said = Mutex::new(String::new());
    move |told| {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        if *said != told {
            say(&told);
            *said = told;
        }
    }
}

/// Says what the calls of one [`Patient`] wait for.
pub struct Series {
    told: UnboundedReceiver<String>,
    beat: Interval,
}

impl Series {
    /// The same account, whose calls wait for what its service allows, and who says what they wait for.
    pub fn of(patient: &Patient) -> (Patient, Self) {
        let (tell, told) = unbounded_channel();
        // The one who listens is gone only when nobody waits any more.
        let say = Arc::new(once(move |told| drop(tell.send(told.to_owned()))));
        let tell = Arc::clone(&say);
        let say = move |held: &Held| say(held.to_string());
        let provider = patient.provider();
        let paced = provider.paced(Waits::new(Share::Sweeps, say));
        let paced = paced.unwrap_or_else(|| Arc::clone(&provider));
        let patient = Patient::new(paced, move |pause| tell(pause.to_string()));
        let mut beat = interval_at(Instant::now() + REDRAW, REDRAW);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        (patient.reached(), Self { told, beat })
    }

    /// Waits for one of the calls. `progress` is drawn meanwhile, where there is any.
    pub async fn call<T>(
        &mut self,
        output: &mut Output,
        progress: Option<String>,
        call: impl Future<Output = T>,
    ) -> T {
        let mut call = std::pin::pin!(call);
        let line = progress.as_slice();
        loop {
            tokio::select! {
                answer = &mut call => break answer,
                Some(pause) = self.told.recv() => output.note(&pause),
                _ = self.beat.tick(), if !line.is_empty() && !output.is_quiet() => output.draw(line),
            }
        }
    }
}
