//! What can be done with one asset: save it, open its link.

use super::load::Level;
use super::{Step, Talk};
use crate::cli::args;
use crate::cli::failure::Failure;
use crate::cli::get;
use crate::cli::open::{Handed, handed};
use crate::cli::prompt;
use crate::cli::record::asset_ref;
use crate::cli::session::Known;
use crate::domain::{Asset, SafeText, paths};

impl<'a> Talk<'a, '_> {
    /// Does what the answer says with the asset; `None` when it says nothing of the kind.
    pub(super) async fn do_with(
        &mut self,
        level: &Level<'a>,
        answer: &str,
    ) -> Result<Option<Step<'a>>, Failure> {
        let Some((known, asset)) = level.asset() else {
            return Ok(None);
        };
        match answer {
            "1" | "save" => self.save(known, asset).await?,
            "2" | "open" => self.open(known, asset).await?,
            _ => return Ok(None),
        }
        Ok(Some(Step::Ask))
    }

    async fn save(&mut self, known: &Known, asset: &Asset) -> Result<(), Failure> {
        let usuals = self.session.usuals()?;
        let usual = usuals.of(&known.info.name, Some(asset.scope.container()));
        let here = || std::env::current_dir().unwrap_or_default();
        let here = usual.save_to.clone().unwrap_or_else(here);
        let question = format!(
            "Folder to save in, an empty line for {}; back:",
            SafeText::name(&here.to_string_lossy())
        );
        let help = "A folder of this machine; ~ is your home folder, and what does not begin with / or ~ \
                    is below the folder that the question names. One that is not there is made after a \
                    question.";
        let typed = self.form(&question, help).await?;
        let folder = paths::typed(&typed, &here, std::env::home_dir().as_deref());
        if !folder.exists() {
            let question = format!(
                "{} is not there. Make it, and save {} in it? yes or no:",
                SafeText::name(&folder.to_string_lossy()),
                SafeText::name(&asset.name)
            );
            if !self.stop.or(prompt::yes(self.output, &question)).await? {
                return self.output.line("Nothing was saved.");
            }
        }
        let args = args::Get {
            references: vec![asset_ref(&known.info.name, asset)],
            out: Some(folder),
            on_clash: None,
            yes: false,
            json: false,
            shown: args::Shown::default(),
        };
        get::get(self.session, self.output, self.stop, &args).await
    }

    async fn open(&mut self, known: &Known, asset: &Asset) -> Result<(), Failure> {
        match handed(self.output, self.stop, known, asset).await? {
            Handed::Over => self.output.line("The link was handed to the desktop."),
            Handed::Shown(why) | Handed::Refused(why) => {
                self.output.line(&format!("Not opened: {why}."))
            }
        }
    }
}
