//! A key sealed with a passphrase, as the text of a file: what it looks like, and how it is opened.
//!
//! The passphrase goes through Argon2id, so that each guess costs a fifth of a second and 64 MiB; what
//! comes out seals the key with XChaCha20-Poly1305. Whose key it is, is sealed with it: a file that is
//! renamed or copied to another account opens nothing.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::domain::Secret;

/// The form of the file; another one gets another number.
const FORM: u32 = 1;
/// Memory of one guess, in KiB, and how often it is gone through: the second choice of RFC 9106.
const MEMORY: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// A file that asks for more is not one of ours.
const MOST_MEMORY: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;
const MOST_LANES: u32 = 16;

/// Why a sealed key is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SealError {
    /// What follows says how, as the end of a sentence.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
    #[error("the passphrase is another one")]
    Passphrase,
    #[error("it could not be worked on: {0}")]
    Failed(String),
}

/// The file. Its fields stand in it as they are named here.
#[derive(Debug, Serialize, Deserialize)]
struct File {
    assetdeck_key: u32,
    /// Account and origin.
    owner: String,
    argon2id_kib: u32,
    argon2id_passes: u32,
    argon2id_lanes: u32,
    salt: String,
    nonce: String,
    /// The key, by XChaCha20-Poly1305.
    sealed: String,
    /// Of all before it: tells a damaged file from a wrong passphrase.
    checksum: u32,
}

impl File {
    fn sum(&self) -> u32 {
        let mut crc = flate2::Crc::new();
        for part in [
            &self.head(),
            &self.salt,
            "/",
            &self.nonce,
            "/",
            &self.sealed,
        ] {
            crc.update(part.as_bytes());
        }
        crc.sum()
    }

    /// What is sealed with the key without being secret.
    fn head(&self) -> String {
        let Self {
            assetdeck_key: form,
            owner,
            argon2id_kib: memory,
            argon2id_passes: passes,
            argon2id_lanes: lanes,
            ..
        } = self;
        format!("assetdeck {form} {memory} {passes} {lanes} {owner}")
    }

    fn cipher(&self, passphrase: &Secret, salt: &[u8]) -> Result<XChaCha20Poly1305, SealError> {
        let params = Params::new(
            self.argon2id_kib,
            self.argon2id_passes,
            self.argon2id_lanes,
            Some(32),
        );
        let params = params.map_err(|_| SealError::Damaged("its numbers make no sense"))?;
        let slow = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut key = Zeroizing::new([0; 32]);
        slow.hash_password_into(passphrase.reveal().as_bytes(), salt, key.as_mut_slice())
            .map_err(|error| SealError::Failed(error.to_string()))?;
        Ok(XChaCha20Poly1305::new((&*key).into()))
    }
}

/// The text of the file that keeps this key for its owner. Takes a fifth of a second.
pub(super) fn seal(owner: &str, key: &Secret, passphrase: &Secret) -> Result<String, SealError> {
    let (mut salt, mut nonce) = ([0; 16], [0; 24]);
    let chance = getrandom::fill(&mut salt).and_then(|()| getrandom::fill(&mut nonce));
    chance.map_err(|error| SealError::Failed(error.to_string()))?;
    let mut file = File {
        assetdeck_key: FORM,
        owner: owner.to_owned(),
        argon2id_kib: MEMORY,
        argon2id_passes: PASSES,
        argon2id_lanes: LANES,
        salt: BASE64.encode(salt),
        nonce: BASE64.encode(nonce),
        sealed: String::new(),
        checksum: 0,
    };
    let head = file.head();
    let plain = Payload {
        msg: key.reveal().as_bytes(),
        aad: head.as_bytes(),
    };
    let sealed = { file.cipher(passphrase, &salt)? }.encrypt(&XNonce::from(nonce), plain);
    let sealed = sealed.map_err(|error| SealError::Failed(error.to_string()))?;
    file.sealed = BASE64.encode(sealed);
    file.checksum = file.sum();
    let mut text = serde_json::to_string_pretty(&file)
        .map_err(|error| SealError::Failed(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// The key of this owner in the text of a file. Takes a fifth of a second.
pub(super) fn open(owner: &str, text: &[u8], passphrase: &Secret) -> Result<Secret, SealError> {
    let file: File =
        serde_json::from_slice(text).map_err(|_| SealError::Damaged("it is not whole"))?;
    if file.assetdeck_key != FORM {
        return Err(SealError::Damaged("another release wrote it"));
    }
    if file.sum() != file.checksum {
        return Err(SealError::Damaged("its checksum differs"));
    }
    if file.owner != owner {
        return Err(SealError::Damaged("it is for another account or address"));
    }
    if file.argon2id_kib > MOST_MEMORY
        || file.argon2id_passes > MOST_PASSES
        || file.argon2id_lanes > MOST_LANES
    {
        return Err(SealError::Damaged("its numbers make no sense"));
    }
    let bytes = |text: &str| BASE64.decode(text).ok();
    let nonce = bytes(&file.nonce).and_then(|nonce| <[u8; 24]>::try_from(nonce).ok());
    let (Some(salt), Some(nonce), Some(sealed)) = (bytes(&file.salt), nonce, bytes(&file.sealed))
    else {
        return Err(SealError::Damaged("it is not whole"));
    };
    let head = file.head();
    let payload = Payload {
        msg: &sealed,
        aad: head.as_bytes(),
    };
    let plain = { file.cipher(passphrase, &salt)? }.decrypt(&XNonce::from(nonce), payload);
    let plain = Zeroizing::new(plain.map_err(|_| SealError::Passphrase)?);
    let text = std::str::from_utf8(&plain).map_err(|_| SealError::Damaged("it holds no text"))?;
    Secret::new(text.to_owned()).map_err(|_| SealError::Damaged("it holds no usable key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: &str = "acme@https://a.example";

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned()).unwrap()
    }

    #[test]
    fn only_the_passphrase_and_the_owner_open_it() {
        let (key, phrase) = (secret("sk_live_canary"), secret("correct horse"));
        let text = seal(OWNER, &key, &phrase).unwrap();
        assert!(
            !text.contains("canary") && !text.contains("horse"),
            "{text}"
        );
        assert!(text.contains("\"argon2id_kib\": 65536"), "{text}");
        assert_eq!(open(OWNER, text.as_bytes(), &phrase), Ok(key.clone()));
        let wrong = open(OWNER, text.as_bytes(), &secret("correct hors"));
        assert_eq!(wrong, Err(SealError::Passphrase));
        let other = open("acme@https://b.example", text.as_bytes(), &phrase);
        assert!(matches!(other, Err(SealError::Damaged(_))), "{other:?}");
        // Chance is in it: the same key never looks the same.
        assert_ne!(seal(OWNER, &key, &phrase).unwrap(), text);
    }

    #[test]
    fn a_renamed_owner_opens_nothing_also_with_a_right_checksum() {
        let phrase = secret("correct horse");
        let text = seal(OWNER, &secret("sk"), &phrase).unwrap();
        let mut file: File = serde_json::from_str(&text).unwrap();
        file.owner = "mallory@https://b.example".to_owned();
        file.checksum = file.sum();
        let text = serde_json::to_vec(&file).unwrap();
        let opened = open(&file.owner, &text, &phrase);
        assert_eq!(opened, Err(SealError::Passphrase));
    }

    #[test]
    fn damage_is_no_wrong_passphrase() {
        let phrase = secret("correct horse");
        let text = seal(OWNER, &secret("sk_live_canary"), &phrase).unwrap();
        for cut in [0, 1, text.len() / 2, text.len() - 3] {
            let opened = open(OWNER, &text.as_bytes()[..cut], &phrase);
            assert!(matches!(opened, Err(SealError::Damaged(_))), "{cut}");
        }
        // Every single flipped letter of what is in quotes is seen, without a slow guess.
        let at = text.find("\"sealed\": \"").unwrap() + 12;
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let opened = open(OWNER, &bytes, &phrase);
        assert_eq!(opened, Err(SealError::Damaged("its checksum differs")));
        let much = text.replace("65536", "4294967295");
        let opened = open(OWNER, much.as_bytes(), &phrase);
        assert!(matches!(opened, Err(SealError::Damaged(_))), "{opened:?}");
    }
}
