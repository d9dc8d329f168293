//! What the decoding process writes: one line of words, or the pixels behind four numbers.

/// Pixels of a picture, scaled down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Width and height of the picture as it was.
    pub original: (u32, u32),
    pub width: u32,
    pub height: u32,
    /// Red, green, blue and opacity of each, row by row.
    pub rgba: Vec<u8>,
}

/// Why there are no pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("this kind of file is not drawn")]
    Unknown,
    #[error("it is damaged, or not what it says it is")]
    Damaged,
    #[error("it has more than 50 megapixels")]
    TooLarge,
    #[error("it needs too much memory to be drawn")]
    TooMuchMemory,
    #[error("this system started no process to draw it in")]
    NoProcess,
    /// Ended by the system, or by us.
    #[error("drawing it took too much time or memory")]
    OverLimit,
}

const MAGIC: &[u8; 4] = b"adp1";
const HEAD: usize = 4 + 1 + 4 * 4;

const CODES: [(u8, Failure); 4] = [
    (1, Failure::Unknown),
    (2, Failure::Damaged),
    (3, Failure::TooLarge),
    (4, Failure::TooMuchMemory),
];

/// The longest message about pixels of this many at most.
pub const fn longest(most: (u32, u32)) -> u64 {
    HEAD as u64 + 4 * most.0 as u64 * most.1 as u64
}

/// For the pipe.
pub fn write(result: &Result<Pixels, Failure>) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    match result {
        Ok(pixels) => {
            bytes.push(0);
            let (width, height) = pixels.original;
            for number in [width, height, pixels.width, pixels.height] {
                bytes.extend(number.to_be_bytes());
            }
            bytes.extend_from_slice(&pixels.rgba);
        }
        Err(failure) => {
            let code = CODES.iter().find(|(_, it)| it == failure);
            bytes.push(code.map_or(u8::MAX, |(code, _)| *code));
        }
    }
    bytes
}

/// From the pipe. The other end has read foreign bytes: nothing it says is believed unless it is
/// sound, and no pixels are taken that are more than was asked for.
pub fn read(bytes: Vec<u8>, most: (u32, u32)) -> Result<Pixels, Failure> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(Failure::OverLimit)?;
    let code = *rest.first().ok_or(Failure::OverLimit)?;
    if code != 0 {
        let known = CODES.iter().find(|(it, _)| *it == code);
        return Err(known.map_or(Failure::OverLimit, |(_, failure)| *failure));
    }
    let number = |at: usize| {
        let bytes = rest.get(1 + at * 4..5 + at * 4)?;
        bytes.try_into().ok().map(u32::from_be_bytes)
    };
    let numbers = (|| Some((number(0)?, number(1)?, number(2)?, number(3)?)))();
    let (was_wide, was_high, width, height) = numbers.ok_or(Failure::OverLimit)?;
    let sound = (1..=most.0).contains(&width) && (1..=most.1).contains(&height);
    let expected = u64::from(width) * u64::from(height) * 4 + HEAD as u64;
    if !sound || bytes.len() as u64 != expected {
        return Err(Failure::OverLimit);
    }
    let mut rgba = bytes;
    rgba.drain(..HEAD);
    Ok(Pixels {
        original: (was_wide, was_high),
        width,
        height,
        rgba,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let pixels = Pixels {
            original: (40, 30),
            width: 2,
            height: 1,
            rgba: vec![1, 2, 3, 4, 5, 6, 7, 8],
        };
        let bytes = write(&Ok(pixels.clone()));
        assert_eq!(bytes.len() as u64, longest((2, 1)));
        assert_eq!(read(bytes.clone(), (2, 2)), Ok(pixels));
        assert_eq!(
            read(bytes.clone(), (1, 1)),
            Err(Failure::OverLimit),
            "too many"
        );
        for cut in 0..bytes.len() {
            let head = bytes[..cut].to_vec();
            assert_eq!(read(head, (2, 2)), Err(Failure::OverLimit), "{cut}");
        }
        let longer = [bytes, vec![0]].concat();
        assert_eq!(read(longer, (2, 2)), Err(Failure::OverLimit));
        for (_, failure) in CODES {
            assert_eq!(read(write(&Err(failure)), (9, 9)), Err(failure));
        }
    }
}
