//! The nouns of the product: what every layer speaks of. No I/O, no async, no screen.

mod address;
mod asset;
mod container;
mod id;
mod keys;
mod link;
mod locale;
mod looks;
mod nearest;
mod page;
mod path;
mod raw;
mod reports;
mod secret;
mod segment;
mod size;
pub mod text;

pub use address::{Address, AddressError, Ref};
pub use asset::{Asset, AssetScope, Detail};
pub use container::Container;
pub use id::{AccountName, AssetKey, ContainerId, SegmentId};
pub use keys::{GivenKeys, KeyChoice};
pub use link::{LinkError, WebLink};
pub use locale::Locale;
pub use looks::{Attribute, Colour, Look, LookError, Looks, Role, When};
pub use nearest::nearest;
pub use page::{Cursor, Entry, Page, Unreadable};
pub use path::{AssetPath, FileName, PathError, is_reserved as is_reserved_name, twin_key};
pub use raw::RawJson;
pub use reports::{Notify, Reports, Shape};
pub use secret::{Secret, SecretError};
pub use segment::{Segment, SegmentText};
pub use size::{size_words, time_words};
pub use text::{SafeText, pastable};
