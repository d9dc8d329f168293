//! Where assets are used: the words of what uses them, and the assets that none of these can mean.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;

use crate::domain::number::{START, mixed};
use crate::domain::{Asset, AssetKey, twin_key};

/// More parts of one address than this are not put together.
const PARTS: usize = 16;

/// What one thing says where it may use assets: each address in it, by its parts. Not the texts
/// themselves, which may open something, but numbers that stand for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used(Vec<Vec<u64>>);

/// What was read of all that uses assets: each address in it, whole and in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    words: u32,
    /// The words in which something stands, by the number of what stands there. Two things of one number
    /// would both count as used.
    forms: HashMap<u64, Vec<u32>>,
}

/// The assets of one place that nothing uses, as far as ids, addresses and names tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orphans(HashSet<AssetKey>);

impl Used {
    /// What these texts say: addresses, pieces of HTML, ids.
    pub fn read<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let mut all = Vec::new();
        for text in texts {
            let words = words(text.as_ref()).map(|word| {
                let parts = parts(word);
                parts.iter().map(|part| number(part)).collect()
            });
            all.extend(words.filter(|parts: &Vec<u64>| !parts.is_empty()));
        }
        Self(all)
    }

    /// As it is kept.
    pub fn pack(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for parts in &self.0 {
            let many = u32::try_from(parts.len()).unwrap_or_default();
            bytes.extend(many.to_le_bytes());
            for part in parts.iter().take(many as usize) {
                bytes.extend(part.to_le_bytes());
            }
        }
        bytes
    }

    /// As it was kept; `None` when it is damaged.
    pub fn open(mut bytes: &[u8]) -> Option<Self> {
        let mut all = Vec::new();
        while let Some((many, rest)) = bytes.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_le_bytes(*many))
                .ok()?
                .checked_mul(8)?;
            let (parts, rest) = rest.split_at_checked(length)?;
            let (parts, _) = parts.as_chunks::<8>();
            all.push(parts.iter().map(|it| u64::from_le_bytes(*it)).collect());
            bytes = rest;
        }
        bytes.is_empty().then_some(Self(all))
    }
}

/// A text's number.
fn number(text: &str) -> u64 {
    text.bytes().fold(START, mixed)
}

/// The number of parts that follow one another, with one more.
fn joined(before: u64, part: u64) -> u64 {
    part.to_le_bytes().into_iter().fold(before, mixed)
}

impl Usage {
    /// Takes in a text in which an asset may be used.
    pub fn read(&mut self, text: &str) {
        self.add(&Used::read([text]));
    }

    /// Takes in what one thing uses.
    pub fn add(&mut self, used: &Used) {
        for parts in &used.0 {
            let word = self.words;
            self.words += 1;
            for from in 0..parts.len() {
                let mut form = 0;
                for part in parts.iter().skip(from).take(PARTS) {
                    form = joined(form, *part);
                    let of = self.forms.entry(form).or_default();
                    if of.last() != Some(&word) {
                        of.push(word);
                    }
                }
            }
        }
    }

    fn of(&self, form: &str) -> &[u32] {
        let parts = form.split('/').map(number);
        let form = parts.fold(0, joined);
        self.forms.get(&form).map_or(&[], Vec::as_slice)
    }

    /// The words that can mean no other asset: its id, its address, the stored object's name.
    fn exact<'a>(&'a self, asset: &Asset) -> impl Iterator<Item = u32> + use<'a> {
        let id = Some(asset.key.as_str());
        let address = asset.url.as_deref().map(|url| {
            let path = url.split_once("://").map_or(url, |(_, rest)| rest);
            path.split(['?', '#']).next().unwrap_or(path)
        });
        // At whatever host it is asked for.
        let path = address.and_then(|it| it.split_once('/')).map(|it| it.1);
        let forms = [id, address, path, asset.stored_as.as_deref()];
        let forms = forms.into_iter().flatten().map(|it| parts(it).join("/"));
        let forms: Vec<String> = forms.filter(|form| !form.is_empty()).collect();
        forms
            .into_iter()
            .flat_map(|form| self.of(&form).iter().copied())
    }

    /// Whether its name stands in a word that does not mean another asset, or in pieces anywhere.
    fn names(&self, asset: &Asset, explained: &HashSet<u32>) -> bool {
        let name = twin_key(&asset.name);
        let open = |word: &u32| !explained.contains(word);
        if name.is_empty() || self.of(&name).iter().any(open) {
            return true;
        }
        let pieces: Vec<&str> = words(&name).collect();
        pieces.len() > 1 && pieces.iter().all(|piece| !self.of(piece).is_empty())
    }
}

impl Orphans {
    /// Those among all assets of a place, which are gone through twice. One whose use cannot be ruled
    /// out is none: a name counts where it stands in an address that no other asset has.
    pub fn among<A: Borrow<Asset>, I: IntoIterator<Item = A>>(
        usage: &Usage,
        all: impl Fn() -> I,
    ) -> Self {
        let mut explained = HashSet::new();
        for asset in all() {
            explained.extend(usage.exact(asset.borrow()));
        }
        let mut orphans = HashSet::new();
        for asset in all() {
            let asset = asset.borrow();
            if usage.exact(asset).next().is_none() && !usage.names(asset, &explained) {
                orphans.insert(asset.key.clone());
            }
        }
        Self(orphans)
    }

    /// Whether it is one of them.
    pub fn has(&self, asset: &Asset) -> bool {
        self.0.contains(&asset.key)
    }
}

/// What stands between blanks, quotes, brackets and the like.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| c.is_whitespace() || c.is_control() || "\"'`<>(){}[]|\\^,;".contains(c);
    text.split(apart).filter(|word| !word.is_empty())
}

/// The parts of an address, read as the service stores names: without escapes, in one case and form.
fn parts(word: &str) -> Vec<String> {
    // An address may be a parameter of another one, escaped once more.
    let mut text = word.to_owned();
    for _ in 0..3 {
        let open = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if open == text {
            break;
        }
        text = open;
    }
    let parts = text.split(['/', '\\', '?', '#', '&', '=', ':']);
    let parts = parts.filter(|part| !part.is_empty()).map(twin_key);
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AssetScope, ContainerId};

    fn asset(id: &str, name: &str) -> Asset {
        let scope = AssetScope::Container(ContainerId::new("1").unwrap());
        let key = AssetKey::from_parts([id]).unwrap();
        let mut asset = Asset::bare(scope, key, name);
        asset.stored_as = Some(format!("org/{id}/{name}"));
        asset.url = Some(format!("https://cdn.example/org/{id}/{name}?v=1"));
        asset
    }

    /// The ids of those that nothing uses.
    fn orphans(texts: &[&str], assets: &[Asset]) -> Vec<String> {
        let mut usage = Usage::default();
        for text in texts {
            usage.read(text);
        }
        let orphans = Orphans::among(&usage, || assets);
        let orphans = assets.iter().filter(|asset| orphans.has(asset));
        orphans.map(|asset| asset.key.as_str().to_owned()).collect()
    }

    #[test]
    fn an_asset_is_used_by_its_address_its_id_and_its_stored_name_at_any_host() {
        let assets = [
            asset("a1", "hero.png"),
            asset("a2", "hero.png"),
            asset("a3", "caf\u{e9} menu.pdf"),
            asset("a4", "logo.svg"),
            asset("a5", "old.png"),
        ];
        let texts = [
            "<img src=\"https://cdn.example/org/a1/hero.png?w=600\">",
            "https://images.example/resize?src=https%3A%2F%2Fcdn.example%2Forg%2Fa3%2Fcafe%25CC%2581%2520menu.pdf&w=2",
            "{{ asset('a4') }}",
        ];
        // The other picture of the same name is not what that address means.
        assert_eq!(orphans(&texts, &assets), ["a2", "a5"]);
        assert_eq!(orphans(&[], &assets).len(), 5);
    }

    #[test]
    fn what_only_may_be_meant_is_not_called_unused() {
        let assets = [
            asset("a1", "Hero.png"),
            asset("a2", "hero.PNG"),
            asset("a3", "spring offer, final.jpg"),
            asset("a4", "banner.png"),
        ];
        // An address that no listed asset has, but which ends as some do.
        let texts = [
            "//elsewhere.example/img/hero.png",
            "See spring offer, final.jpg below",
            "banner-2.png",
        ];
        assert_eq!(orphans(&texts, &assets), ["a4"]);
    }

    #[test]
    fn what_is_kept_comes_back_and_what_is_damaged_does_not() {
        let used = Used::read(["https://cdn.example/org/a1/hero.png?key=s3cret", "", "x"]);
        let bytes = used.pack();
        assert_eq!(Used::open(&bytes), Some(used.clone()));
        assert_eq!(Used::open(&[]), Some(Used::default()));
        assert_eq!(Used::open(&bytes[1..]), None);
        assert_eq!(Used::open(&bytes[..bytes.len() - 1]), None);
        let shown = String::from_utf8_lossy(&bytes);
        assert!(!shown.contains("s3cret"));
        let mut usage = Usage::default();
        usage.add(&used);
        let orphans = Orphans::among(&usage, || [asset("a1", "hero.png")]);
        assert!(!orphans.has(&asset("a1", "hero.png")));
    }
}
