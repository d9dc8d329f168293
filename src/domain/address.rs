//! Addresses (`ACCOUNT:CONTAINER[/SEGMENT]`) and refs (an address, and `@KEY` for an asset).

use std::fmt;
use std::str::FromStr;

use super::id::{decode_part, encode_part};
use super::{AccountName, AssetKey, AssetScope, ContainerId, SegmentId};

/// A place: an account, a container of it, or a segment of that.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    pub account: AccountName,
    pub container: Option<ContainerId>,
    pub segment: Option<SegmentId>,
}

/// Anything a listing prints: a place, or an asset in it. As text it is ASCII and needs no quoting
/// in a shell, whatever the service's names hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ref {
    pub address: Address,
    /// The asset, when it is one.
    pub key: Option<AssetKey>,
}

/// Why a text is no address or ref.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("it has no `:`; an address looks like ACCOUNT:CONTAINER or ACCOUNT:CONTAINER/SEGMENT")]
    NoColon,
    #[error("the account's name is missing before the `:`")]
    NoAccount,
    #[error("it has more parts than ACCOUNT:CONTAINER/SEGMENT")]
    TooManyParts,
    #[error("one of its parts is empty; an address looks like ACCOUNT:CONTAINER/SEGMENT")]
    EmptyPart,
    #[error("one of its `%` escapes is wrong; copy the ref from a listing")]
    Escape,
    #[error("it names no asset; a ref of an asset has an `@`, copy it from `ls`")]
    NoAsset,
    #[error("it names an asset, where a place is wanted")]
    NotAPlace,
}

impl Address {
    /// The account alone.
    pub const fn account(account: AccountName) -> Self {
        Self {
            account,
            container: None,
            segment: None,
        }
    }

    /// The place of a scope.
    pub fn of_scope(account: AccountName, scope: &AssetScope) -> Self {
        Self {
            account,
            container: Some(scope.container().clone()),
            segment: scope.segment().cloned(),
        }
    }

    /// Whether that place is this one, or in it.
    pub fn holds(&self, other: &Self) -> bool {
        self.account == other.account
            && (self.container.is_none() || self.container == other.container)
            && (self.segment.is_none() || self.segment == other.segment)
    }

    /// Where assets would live; `None` for an account alone.
    pub fn scope(&self) -> Option<AssetScope> {
        let container = self.container.clone()?;
        Some(match self.segment.clone() {
            Some(segment) => AssetScope::Segment(container, segment),
            None => AssetScope::Container(container),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", encode_part(self.account.as_str()))?;
        if let Some(container) = &self.container {
            f.write_str(&encode_part(container.as_str()))?;
        }
        if let Some(segment) = &self.segment {
            write!(f, "/{}", encode_part(segment.as_str()))?;
        }
        Ok(())
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let read: Ref = text.parse()?;
        if read.key.is_some() {
            Err(AddressError::NotAPlace)
        } else {
            Ok(read.address)
        }
    }
}

impl Ref {
    /// The ref of a place.
    pub const fn place(address: Address) -> Self {
        Self { address, key: None }
    }

    /// The ref of an asset.
    pub fn asset(account: AccountName, scope: &AssetScope, key: &AssetKey) -> Self {
        Self {
            address: Address::of_scope(account, scope),
            key: Some(key.clone()),
        }
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.address)?;
        match &self.key {
            Some(key) => write!(f, "@{}", key.as_str()),
            None => Ok(()),
        }
    }
}

impl FromStr for Ref {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (place, key) = match text.split_once('@') {
            Some((place, key)) => (place, Some(key)),
            None => (text, None),
        };
        let (account, rest) = place.split_once(':').ok_or(AddressError::NoColon)?;
        let account = decode_part(account).ok_or(AddressError::Escape)?;
        let account = AccountName::new(account).ok_or(AddressError::NoAccount)?;
        let mut address = Address::account(account);
        let mut parts = rest.split('/');
        if let Some(container) = parts.next().filter(|_| !rest.is_empty()) {
            let container = decode_part(container).ok_or(AddressError::Escape)?;
            address.container = Some(ContainerId::new(container).ok_or(AddressError::EmptyPart)?);
        }
        if let Some(segment) = parts.next() {
            let segment = decode_part(segment).ok_or(AddressError::Escape)?;
            address.segment = Some(SegmentId::new(segment).ok_or(AddressError::EmptyPart)?);
        }
        if parts.next().is_some() {
            return Err(AddressError::TooManyParts);
        }
        let key = match key {
            None => None,
            Some(_) if address.container.is_none() => return Err(AddressError::EmptyPart),
            Some(key) => {
                // Brought to the one spelling that listings print, so that refs compare as text.
                let parts: Option<Vec<String>> = key.split('/').map(decode_part).collect();
                let parts = parts.ok_or(AddressError::Escape)?;
                let key = AssetKey::from_parts(parts.iter().map(String::as_str));
                Some(key.ok_or(AddressError::NoAsset)?)
            }
        };
        Ok(Self { address, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_documented_forms_parse() {
        let read = |text: &str| text.parse::<Ref>().unwrap().to_string();
        for text in [
            "acme:",
            "acme-loc:19914",
            "acme-loc:19914/27667833",
            "acme-loc:1/2@de/public/hero.png",
        ] {
            assert_eq!(read(text), text);
        }
        assert_eq!(
            "x:1/2/3".parse::<Address>(),
            Err(AddressError::TooManyParts)
        );
        assert_eq!("acme".parse::<Address>(), Err(AddressError::NoColon));
        assert_eq!(":1".parse::<Address>(), Err(AddressError::NoAccount));
        assert_eq!("x:1/".parse::<Address>(), Err(AddressError::EmptyPart));
        assert_eq!("x:1@a".parse::<Address>(), Err(AddressError::NotAPlace));
    }

    proptest! {
        #[test]
        fn a_ref_survives_any_name(container in ".{1,12}", segment in ".{1,12}", parts in prop::collection::vec(".{1,12}", 1..4)) {
            let scope = AssetScope::Segment(ContainerId::new(container).unwrap(), SegmentId::new(segment).unwrap());
            let key = AssetKey::from_parts(parts.iter().map(String::as_str)).unwrap();
            let made = Ref::asset(AccountName::new("acme").unwrap(), &scope, &key);
            let text = made.to_string();
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b":/@%-_.~+".contains(&b)));
            prop_assert_eq!(text.parse::<Ref>().unwrap(), made);
        }
    }
}
