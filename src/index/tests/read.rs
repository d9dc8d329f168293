//! A kept list that is read some chunks at a time.

use super::*;

/// Rows whose texts do not pack: they are more than is read at once.
fn odd(count: u64) -> Vec<Entry<Segment>> {
    let mut last: u64 = 88_172_645_463_325_252;
    let mut number = || {
        last ^= last << 13;
        last ^= last >> 7;
        last ^= last << 17;
        last
    };
    let mut text = || format!("{:016x}{:016x}", number(), number());
    (0..count).map(|n| segment(n, Some(&text()))).collect()
}

fn opened(chunks: Vec<Vec<u8>>) -> Vec<Entry<Segment>> {
    let open = |chunk: Vec<u8>| Index::open_chunk::<Segment>(&chunk).unwrap();
    chunks.into_iter().flat_map(open).collect()
}

#[test]
fn a_list_is_read_in_parts_and_each_row_once() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let place = Place::Segments(doc());
    let mut none = index.reading(&owner("a"), &place);
    assert!(none.chunks().is_none() && none.head().is_none());
    let rows = odd(20_000);
    put(&index, &rows, Some("monday"));
    let mut reading = index.reading(&owner("a"), &place);
    let (mut all, mut parts) = (Vec::new(), 0);
    loop {
        let chunks = reading.chunks().unwrap();
        if chunks.is_empty() {
            break;
        }
        parts += 1;
        all.extend(opened(chunks));
    }
    assert!(parts > 1, "{parts}");
    assert_eq!(
        (reading.head(), all),
        (got(&index).map(|it| it.0).as_ref(), rows)
    );
}

#[test]
fn another_list_in_its_place_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let rows = odd(20_000);
    put(&index, &rows, Some("monday"));
    let mut reading = index.reading(&owner("a"), &Place::Segments(doc()));
    assert!(!reading.chunks().unwrap().is_empty());
    put(&index, &rows, Some("tuesday"));
    assert!(reading.chunks().is_none());
}
