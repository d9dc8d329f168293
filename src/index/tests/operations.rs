//! Operations of the services: found by the next start, asked for by one at a time, and forgotten.

use super::*;
use crate::api::Operation;
use crate::index::operations;

const EVERY: Duration = Duration::from_secs(5);

fn operation(number: u64) -> Operation {
    let begun = Timestamp::now().as_millisecond();
    Operation {
        container: doc(),
        since: None,
        seal: "monday".to_owned(),
        number,
        begun: Timestamp::from_millisecond(begun).unwrap(),
    }
}

/// Makes the file say something else.
fn meddle(folder: &Path, statement: &str) {
    let file = store::LISTS.path(folder);
    let changed = Connection::open(file).unwrap().execute(statement, []);
    assert_eq!(changed.unwrap(), 1);
}

#[test]
fn the_next_start_finds_what_was_begun_for_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let all = operation(u64::MAX);
    let some = Operation {
        since: Some("sunday".to_owned()),
        ..operation(8)
    };
    let index = open(folder.path());
    index.keep_operation(&owner("a"), &operation(7));
    index.keep_operation(&owner("a"), &all);
    index.keep_operation(&owner("a"), &some);
    drop(index);
    let index = open(folder.path());
    let found = |who, since| index.operation(&owner(who), &doc(), since);
    assert_eq!(found("a", None), Some(all.clone()));
    assert_eq!(found("a", Some("sunday")), Some(some.clone()));
    assert_eq!(found("a", Some("saturday")), None);
    assert_eq!(found("b", None), None);
    // Whoever forgets one means no other that is begun in its place by now.
    index.forget_operation(&owner("a"), &operation(7));
    index.forget_operation(&owner("a"), &some);
    settle(&index);
    assert_eq!(found("a", None), Some(all));
    assert_eq!(found("a", Some("sunday")), None);
    index.forget(&owner("a").account);
    settle(&index);
    assert_eq!(found("a", None), None);
}

#[test]
fn of_several_processes_one_asks_at_a_time_and_none_too_soon() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()), open(folder.path()));
    let it = operation(7);
    let turn = |index: &Index| index.turn(&owner("a"), &it, EVERY);
    assert_eq!(turn(&one), None, "it is not kept");
    one.keep_operation(&owner("a"), &it);
    let wait = turn(&two).unwrap();
    assert!(wait > Duration::ZERO && wait <= EVERY, "{wait:?}");
    // Asked for long ago, or by a clock that was set back since.
    for asked in ["begun - 5000", "begun + 60000"] {
        meddle(
            folder.path(),
            &format!("UPDATE operations SET asked = {asked}"),
        );
        let turns = std::thread::scope(|scope| {
            let turns = [&one, &two].map(|index| scope.spawn(|| turn(index).unwrap()));
            turns.map(|turn| turn.join().unwrap())
        });
        let now = turns.iter().filter(|wait| wait.is_zero()).count();
        assert_eq!(now, 1, "{turns:?}");
    }
    // Until the answer is there, which begins the time anew.
    meddle(folder.path(), "UPDATE operations SET asked = begun - 5000");
    one.asked(&owner("a"), &it);
    settle(&one);
    assert!(turn(&two).unwrap() > Duration::ZERO);
    // Another number stands there by now.
    assert_eq!(two.turn(&owner("a"), &operation(8), EVERY), None);
    assert_eq!(Index::none().turn(&owner("a"), &it, EVERY), None);
}

/// Whoever waits for the file while another takes the turn would find that it was taken later than now, as if the
/// clock had been set back.
#[test]
fn the_time_is_looked_at_when_nobody_else_can_take_the_turn() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let it = operation(7);
    index.keep_operation(&owner("a"), &it);
    let [mut one, two] =
        [(); 2].map(|()| Connection::open(store::LISTS.path(folder.path())).unwrap());
    two.busy_timeout(Duration::ZERO).unwrap();
    let now = || {
        assert!(
            two.execute_batch("BEGIN IMMEDIATE").is_err(),
            "another could"
        );
        Timestamp::now()
    };
    let wait = operations::turn(&mut one, &owner("a"), &it, EVERY, now).unwrap();
    assert!(wait.unwrap() > Duration::ZERO);
}

#[test]
fn one_that_cannot_be_read_is_none_and_costs_nothing_else() {
    for damage in ["number = 'x'", "begun = 'x'", "seal = x'ff'"] {
        let folder = tempfile::tempdir().unwrap();
        let index = open(folder.path());
        put(&index, &[segment(1, None)], None);
        index.keep_operation(&owner("a"), &operation(7));
        meddle(folder.path(), &format!("UPDATE operations SET {damage}"));
        let find = || index.operation(&owner("a"), &doc(), None);
        assert_eq!(find(), None, "{damage}");
        let it = operation(8);
        index.keep_operation(&owner("a"), &it);
        assert_eq!(find(), Some(it), "{damage}");
        assert!(got(&index).is_some());
        assert_eq!(index.trouble(), None);
    }
}

#[test]
fn one_of_yesterday_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).keep_operation(&owner("a"), &operation(7));
    meddle(
        folder.path(),
        "UPDATE operations SET begun = begun - 90000000",
    );
    let index = open(folder.path());
    index.keep_marks(&owner("a"), &doc(), &ids(&[1]), &[]);
    settle(&index);
    assert_eq!(index.operation(&owner("a"), &doc(), None), None);
}
