//! Several assets that one command changes, one after the other.

use super::failure::{Failure, Tally};
use super::find;
use super::output::Output;
use super::session::Session;

/// Changes each, after what has to be asked of its account. One that fails does not stop the others,
/// and is told; alone it is how the command ends.
pub async fn change(
    session: &Session,
    output: &mut Output,
    references: &[String],
    mut one: impl AsyncFnMut(&mut Output, &str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for text in references {
        let (known, ..) = find::located(session, text)?;
        session.may_change(known, output).await?;
    }
    let mut tally = Tally::default();
    for text in references {
        match one(output, text).await {
            Ok(()) => tally.done += 1,
            Err(failure) if references.len() == 1 => return Err(failure),
            Err(failure) => {
                tally.count(&failure);
                output.fail(&failure);
            }
        }
        if tally.stopped {
            break;
        }
    }
    tally.end()
}
