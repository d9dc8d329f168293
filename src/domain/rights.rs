//! What a key may do, as far as its service has shown it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Something that a service allows a key or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    List,
    Save,
    Upload,
    Change,
    Delete,
}

impl Right {
    pub const ALL: [Self; 5] = [
        Self::List,
        Self::Save,
        Self::Upload,
        Self::Change,
        Self::Delete,
    ];

    /// The word for people, after "may".
    pub const fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Save => "save",
            Self::Upload => "upload",
            Self::Change => "change",
            Self::Delete => "delete",
        }
    }
}

/// How a service answered when it was asked last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answered {
    Allowed,
    /// With what the service said that the key lacks, which is foreign text.
    Refused(Vec<String>),
}

/// The answers so far. Nothing is ever asked that changes something just to learn them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rights(BTreeMap<Right, Answered>);

impl Rights {
    /// `None` where it is not known yet.
    pub fn of(&self, right: Right) -> Option<&Answered> {
        self.0.get(&right)
    }

    /// Takes an answer; says whether it is another one than before.
    pub fn take(&mut self, right: Right, answered: Answered) -> bool {
        let before = self.0.insert(right, answered.clone());
        before != Some(answered)
    }

    fn those(&self, fits: impl Fn(Option<&Answered>) -> bool) -> Vec<Right> {
        let all = Right::ALL.into_iter();
        all.filter(|right| fits(self.of(*right))).collect()
    }

    pub fn allowed(&self) -> Vec<Right> {
        self.those(|it| it == Some(&Answered::Allowed))
    }

    pub fn refused(&self) -> Vec<Right> {
        self.those(|it| matches!(it, Some(Answered::Refused(_))))
    }

    pub fn unknown(&self) -> Vec<Right> {
        self.those(|it| it.is_none())
    }

    /// What the service named as lacking, each once; foreign text.
    pub fn lacking(&self) -> Vec<&str> {
        let mut lacking: Vec<&str> = Vec::new();
        for answered in self.0.values() {
            if let Answered::Refused(missing) = answered {
                let new = missing.iter().map(String::as_str);
                let new: Vec<&str> = new.filter(|it| !lacking.contains(it)).collect();
                lacking.extend(new);
            }
        }
        lacking
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_answer_holds_and_only_another_one_is_news() {
        let mut rights = Rights::default();
        assert_eq!(rights.unknown(), Right::ALL);
        assert!(rights.take(Right::List, Answered::Allowed));
        assert!(!rights.take(Right::List, Answered::Allowed));
        let refused = || Answered::Refused(vec!["assets:write".to_owned()]);
        assert!(rights.take(Right::Upload, refused()) && rights.take(Right::Delete, refused()));
        assert_eq!(rights.allowed(), [Right::List]);
        assert_eq!(rights.refused(), [Right::Upload, Right::Delete]);
        assert_eq!(rights.unknown(), [Right::Save, Right::Change]);
        assert_eq!(rights.lacking(), ["assets:write"]);
        let text = serde_json::to_string(&rights).unwrap();
        assert_eq!(serde_json::from_str::<Rights>(&text).unwrap(), rights);
        assert!(rights.take(Right::Upload, Answered::Allowed));
        assert_eq!(rights.refused(), [Right::Delete]);
    }
}
