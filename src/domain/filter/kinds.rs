//! Kinds of files: by media type, by extension, by what the service calls them.

use super::fold::fold;
use super::{Fact, Facts, Said, Sought};

/// The media type or its first half, the extension, or one of the service's types.
pub fn is(sought: &Sought, facts: &Facts<'_>) -> Said {
    if !facts.typed {
        return Said::Untold;
    }
    let wanted = match sought {
        Sought::None => {
            let told = facts.media_type.is_some() || facts.types != [None, None];
            return (!told).into();
        }
        Sought::Text(wanted) => alias(wanted.folded()),
    };
    let extension = match &facts.name {
        Fact::Is(name) => name.rsplit_once('.').map(|(_, extension)| fold(extension)),
        _ => None,
    };
    let extension = extension.as_deref().map(alias);
    let media = facts.media_type.map(fold);
    // What parameters follow is no part of the type.
    let media = media
        .as_deref()
        .map(|it| it.split(';').next().unwrap_or(it).trim());
    let major = media.map(|it| it.split('/').next().unwrap_or(it));
    let minor = media.and_then(|it| it.split_once('/')).map(|it| it.1);
    let guess = if media.is_none() {
        extension.and_then(major_of)
    } else {
        None
    };
    let own = facts.types.into_iter().flatten();
    let yes = [extension, media, major, minor, guess].contains(&Some(wanted)) || { own }
        .any(|it| fold(it) == wanted);
    yes.into()
}

/// Two names of one thing.
fn alias(word: &str) -> &str {
    match word {
        "jpg" => "jpeg",
        "tif" => "tiff",
        "htm" => "html",
        "svg+xml" => "svg",
        word => word,
    }
}

/// The kind of a file by its extension, where no media type is told.
fn major_of(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "png" | "jpeg" | "gif" | "webp" | "svg" | "bmp" | "avif" | "tiff" | "ico" | "heic" => {
            "image"
        }
        "mp4" | "mov" | "webm" | "avi" | "mkv" | "m4v" => "video",
        "mp3" | "wav" | "ogg" | "m4a" | "flac" | "aac" => "audio",
        "txt" | "csv" | "html" | "md" => "text",
        _ => return None,
    })
}
