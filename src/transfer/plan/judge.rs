//! The verdict on one row, from the row, its place and the rows that share its spot.

use std::path::Path;
use std::sync::Arc;

use super::place::{Listing, Spot};
use super::row::{OnClash, Row, Verdict};
use super::wishes::check;
use crate::api::{ProviderSpec, Replace};
use crate::domain::{
    Asset, AssetKey, AssetPath, Locale, SafeText, composed, composition, size_beside,
};
use crate::transfer::known::{Likeness, Memory, likeness};

/// What a saved plan says of a row: what it was when a person looked at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    New,
    Replace(Replacing),
    Same,
}

/// The asset that a saved plan replaces, as it was listed when the plan was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacing {
    pub key: AssetKey,
    /// Bytes.
    pub size: Option<u64>,
    /// `None` in a plan of the first version, which kept nothing of it.
    pub told: Option<Told>,
}

/// What the service told of an asset's bytes besides their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// As the service wrote it.
    pub modified: Option<String>,
    pub stored_as: Option<String>,
}

impl Replacing {
    /// Whether this is the asset as it was then, unchanged as far as the plan can tell.
    fn is_still(&self, asset: &Asset) -> bool {
        let told = self.told.as_ref();
        self.key == asset.key
            && self.size == asset.size
            && told.is_none_or(|told| {
                told.modified == asset.modified && told.stored_as == asset.stored_as
            })
    }
}

/// The facts around a row.
pub(super) struct Around<'a> {
    pub spec: &'static ProviderSpec,
    /// The container's, where they are known.
    pub locales: Option<&'a [Locale]>,
    pub listing: &'a Listing,
    /// What was sent to where before.
    pub memory: &'a Memory,
    /// The plan's own rule.
    pub on_clash: OnClash,
    /// The row in front that goes to the same spot.
    pub twin: Option<&'a Row>,
}

/// Where a row goes, if it may take part at all: what is left out or cannot be sent takes no spot.
pub(super) fn spot(row: &Row) -> Option<Spot> {
    let file = row
        .file
        .as_ref()
        .ok()
        .filter(|_| !row.left_out && row.refusal.is_none())?;
    let folder = AssetPath::parse(&row.wishes.folder).ok()?;
    let locale = Locale::new(&row.wishes.locale);
    Some(Spot::new(
        row.scope.clone(),
        locale,
        &folder,
        file.name.as_str(),
    ))
}

pub(super) fn judge(row: &Row, around: &Around<'_>) -> Verdict {
    let found = verdict(row, around);
    match &row.expected {
        Some(expected) => hold(expected, found, row, around.memory),
        None => found,
    }
}

fn verdict(row: &Row, around: &Around<'_>) -> Verdict {
    if row.left_out {
        return Verdict::Skip(String::from("left out"));
    }
    let file = match &row.file {
        Ok(file) => file,
        Err(reason) => return Verdict::Problem(reason.clone()),
    };
    if let Some(reason) = &row.refusal {
        return Verdict::Problem(reason.clone());
    }
    if around.spec.is_whole(&row.scope) {
        return Verdict::Problem(String::from(
            "it goes to no segment yet; name the one that it belongs to",
        ));
    }
    if let Err(error) = check(around.spec, &row.wishes, around.locales) {
        return Verdict::Problem(error.to_string());
    }
    let Some(spot) = spot(row) else {
        return Verdict::Problem(String::from("its folder cannot be read; type it again"));
    };
    match around.listing {
        Listing::Looking => return Verdict::Looking,
        Listing::Failed(reason) => {
            return Verdict::Problem(format!("its place could not be listed: {reason}"));
        }
        Listing::Known(_) => {}
    }
    let there = around.listing.at(&spot);
    let known = |asset: &&Arc<Asset>| {
        is_named(row, asset) && around.memory.is_same(&file.stamp, asset) == Some(true)
    };
    let known = there.iter().find(known);
    if let Some(twin) = around.twin {
        // Assets of one name were saved under two: each file is its own. Of several none is replaced by
        // the row in front, so that it stays the same.
        match known {
            Some(same) if there.len() > 1 => return Verdict::Same(Arc::clone(same)),
            _ => return beside(row, twin),
        }
    }
    let Some(first) = there.first() else {
        return Verdict::New;
    };
    // What a saved plan did not say of this name is held against it, not against a rule.
    let rule = match row.expected {
        Some(_) => OnClash::Ask,
        None => around.on_clash,
    };
    let rule = row.decision.unwrap_or(rule);
    let now = jiff::Timestamp::now();
    let is_same = |asset: &&Arc<Asset>| {
        let likeness = likeness(around.memory, &file.stamp, asset, now);
        let is_same = match likeness {
            Likeness::Same => true,
            Likeness::Likely => rule != OnClash::Replace,
            Likeness::Other => false,
        };
        is_named(row, asset) && is_same
    };
    if let Some(same) = known.or_else(|| there.iter().find(is_same)) {
        return match row.decision {
            Some(OnClash::Replace) => Verdict::Replace(Arc::clone(same)),
            Some(OnClash::Keep) => keep(row, around.spec, same),
            _ => Verdict::Same(Arc::clone(same)),
        };
    }
    let asset = there
        .iter()
        .find(|asset| is_named(row, asset))
        .unwrap_or(first);
    match rule {
        OnClash::Skip => Verdict::Skip(taken(row, asset)),
        OnClash::Keep => keep(row, around.spec, asset),
        // Told apart by name only, and by storage perhaps not at all: the old one would go and take
        // the new one along.
        _ if in_place(around.spec) && !is_named(row, asset) => Verdict::Problem(format!(
            "{}, and the storage may take them for one; rename the file or leave it out",
            taken(row, asset)
        )),
        OnClash::Ask => Verdict::Clash(Arc::clone(asset)),
        OnClash::Replace if there.len() > 1 => Verdict::Problem(format!(
            "{} assets of this name are there, and which of them to replace is not said; delete the \
             wrong ones, or leave the file out",
            there.len()
        )),
        OnClash::Replace => Verdict::Replace(Arc::clone(asset)),
        OnClash::Fail => Verdict::Problem(format!(
            "{}; replace it, skip the file or rename it",
            taken(row, asset)
        )),
    }
}

/// The same file twice is sent once; two files of one name cannot both be at one spot.
fn beside(row: &Row, twin: &Row) -> Verdict {
    let identity = |row: &Row| row.file.as_ref().ok().and_then(|file| file.stamp.identity);
    if identity(row).is_some() && identity(row) == identity(twin) {
        return Verdict::Skip(String::from("it is named twice, and sent once"));
    }
    let path = SafeText::name(&twin.path.to_string_lossy()).into_string();
    if row.name() == twin.name() {
        return Verdict::Problem(format!(
            "{path} has the same name and goes to the same place{}; rename one of them, or leave one out",
            seen(&row.path, &twin.path)
        ));
    }
    // Its path need not tell the name that it is sent by.
    let own = twin.path.file_name().and_then(|name| name.to_str());
    let sent_as = if own == Some(twin.name()) {
        String::new()
    } else {
        format!(" as “{}”", SafeText::name(twin.name()))
    };
    Verdict::Problem(format!(
        "{path} goes to the same place{sent_as}, and differs from “{}” only {}; rename one of them, or \
         leave one out",
        SafeText::name(row.name()),
        differ(twin.name(), row.name())
    ))
}

/// What tells two paths apart that look the same.
fn seen(here: &Path, there: &Path) -> String {
    let [here, there] = [here, there].map(Path::to_string_lossy);
    if here == there || composed(&here) != composed(&there) {
        return String::new();
    }
    format!(", and differs only {}", differ(&there, &here))
}

/// In what two names of one spot differ: in how they are written, if nothing else does.
fn differ(there: &str, here: &str) -> String {
    if composed(there) != composed(here) {
        return String::from("in case");
    }
    format!(
        "in how it is written: there its letters are {}, here {}",
        composition(there),
        composition(here)
    )
}

/// Whether a place holds a name once.
fn in_place(spec: &ProviderSpec) -> bool {
    spec.capabilities.replace == Replace::InPlace
}

fn keep(row: &Row, spec: &ProviderSpec, asset: &Asset) -> Verdict {
    if in_place(spec) {
        return Verdict::Problem(format!(
            "{}, and {} holds a name once in a place; replace it, skip the file or rename it",
            taken(row, asset),
            spec.label
        ));
    }
    Verdict::New
}

/// What is there already, in words that tell both apart.
pub(super) fn taken(row: &Row, asset: &Asset) -> String {
    let size = asset
        .size
        .map(|size| format!(" ({})", size_beside(size, row.size())))
        .unwrap_or_default();
    if asset.name != row.name() {
        return format!(
            "“{}”{size} is there already, which differs from “{}” only {}",
            SafeText::name(&asset.name),
            SafeText::name(row.name()),
            differ(&asset.name, row.name())
        );
    }
    let folder = asset.folder.to_string();
    if is_named(row, asset) {
        // Else it would be asked why that is not the same.
        let since = if asset.size.is_some() && asset.size == row.size() {
            ", of the same size, and the file may have been changed since"
        } else {
            ""
        };
        let name = SafeText::name(&asset.name);
        return format!("“{name}”{size} is there already{since}");
    }
    format!(
        "“{}”{size} is there already in the folder “{}”, which differs from “{}” only {}",
        SafeText::name(&asset.name),
        SafeText::name(&folder),
        SafeText::name(&row.wishes.folder),
        differ(&folder, &row.wishes.folder)
    )
}

/// The very same name in the very same folder, character by character.
fn is_named(row: &Row, asset: &Asset) -> bool {
    let folder = AssetPath::parse(&row.wishes.folder);
    asset.name == row.name() && folder.is_ok_and(|folder| folder == asset.folder)
}

/// Holds a verdict against what a saved plan expects. What an earlier run of the same plan has done
/// is no surprise.
fn hold(expected: &Expected, found: Verdict, row: &Row, memory: &Memory) -> Verdict {
    let surprise = |what: &str| {
        Verdict::Problem(format!(
            "since the plan was saved {what}; look at it, and make the plan anew"
        ))
    };
    match (expected, &found) {
        (_, Verdict::Looking | Verdict::Problem(_) | Verdict::Same(_) | Verdict::Skip(_))
        | (Expected::New, Verdict::New) => found,
        (Expected::Replace(then), Verdict::Replace(asset)) if then.is_still(asset) => found,
        // Times would call the file of somebody else the same, if it has this size.
        (Expected::Replace(_), Verdict::Replace(asset))
            if { row.file.as_ref() }
                .is_ok_and(|file| memory.is_same(&file.stamp, asset) == Some(true)) =>
        {
            Verdict::Same(Arc::clone(asset))
        }
        (Expected::New, _) => surprise("an asset of this name appeared there"),
        (Expected::Replace(_), Verdict::New) => surprise("the asset that it replaces went"),
        (Expected::Replace(_), _) => surprise("the asset that it replaces was changed"),
        (Expected::Same, Verdict::New) => surprise("the asset that was there went"),
        (Expected::Same, _) => surprise("the asset that was there was changed"),
    }
}
