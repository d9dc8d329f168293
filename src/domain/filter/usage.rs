//! Where assets are used: the words of what uses them, and the assets that none of these can mean.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;

use crate::domain::{Asset, AssetKey, twin_key};

/// More parts of one address than this are not put together.
const PARTS: usize = 16;

/// What was read of all that uses assets: each address in it, whole and in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    words: u32,
    /// The words in which something stands, by what stands there.
    forms: HashMap<String, Vec<u32>>,
}

/// The assets of one place that nothing uses, as far as ids, addresses and names tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orphans(HashSet<AssetKey>);

impl Usage {
    /// Takes in a text in which an asset may be used: an address, a piece of HTML, an id.
    pub fn read(&mut self, text: &str) {
        for word in words(text) {
            let number = self.words;
            self.words += 1;
            let parts = parts(word);
            for from in 0..parts.len() {
                let mut form = String::new();
                for part in parts.iter().skip(from).take(PARTS) {
                    if !form.is_empty() {
                        form.push('/');
                    }
                    form.push_str(part);
                    let of = self.forms.entry(form.clone()).or_default();
                    if of.last() != Some(&number) {
                        of.push(number);
                    }
                }
            }
        }
    }

    fn of(&self, form: &str) -> &[u32] {
        self.forms.get(form).map_or(&[], Vec::as_slice)
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
}
