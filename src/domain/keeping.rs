//! Where a key stays once it was typed: the places that the user can choose from.

/// Where a key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keeping {
    /// The keyring of the operating system.
    Keyring,
    /// The kernel's own store, which forgets when the machine starts anew. Linux has one.
    UntilReboot,
    /// A file that a passphrase opens.
    EncryptedFile,
    /// The memory of this process.
    Session,
}

impl Keeping {
    /// Those that there are on this system, the best first.
    pub const HERE: &[Self] = if cfg!(target_os = "linux") {
        &[
            Self::Keyring,
            Self::UntilReboot,
            Self::EncryptedFile,
            Self::Session,
        ]
    } else {
        &[Self::Keyring, Self::EncryptedFile, Self::Session]
    };

    /// Its word on the command line and in lines of JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::UntilReboot => "until-reboot",
            Self::EncryptedFile => "encrypted-file",
            Self::Session => "session",
        }
    }

    /// The one of this word, if this system has it.
    pub fn of(word: &str) -> Option<Self> {
        Self::HERE.iter().copied().find(|it| it.word() == word)
    }

    /// How it ends “keep it …”.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Keyring => "in the OS keyring",
            Self::UntilReboot => "until reboot, in the kernel's key store",
            Self::EncryptedFile => "in a file encrypted with a passphrase",
            Self::Session => "for this session only",
        }
    }

    /// What to know of it before choosing it.
    pub const fn terms(self) -> &'static str {
        match self {
            Self::Keyring => "your system guards it",
            Self::UntilReboot => "gone with a reboot, and after three days without use",
            Self::EncryptedFile => "each session asks for the passphrase; nobody can find it again",
            Self::Session => "it is never written to a file",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_read_back() {
        for keeping in Keeping::HERE {
            assert_eq!(Keeping::of(keeping.word()), Some(*keeping));
        }
        assert_eq!(Keeping::of("plain-text"), None);
    }
}
