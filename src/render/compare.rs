//! What the template of the comparison may see. A contract, as in [`view`].

use serde::Serialize;

use super::proof::{self, LevelView};
use super::view::{self, LinkView, Target};
use crate::model::yaml::manifest::{Guide, Part};
use crate::model::yaml::words::Status;
use crate::model::{Catalog, Pattern};

/// The patterns of all guides, side by side.
#[derive(Debug, Serialize)]
pub struct CompareView {
    /// The address of the questions that lead to a pattern, if there are any.
    pub choose: Option<String>,
    /// Each guide.
    pub guides: Vec<GuideView>,
}

/// A guide.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the manifest, documented there")]
pub struct GuideView {
    pub title: String,
    pub parts: Vec<PartView>,
}

/// A part of a guide.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the manifest, documented there")]
pub struct PartView {
    pub title: String,
    pub patterns: Vec<RowView>,
}

/// A pattern, in one row.
#[derive(Debug, Serialize)]
pub struct RowView {
    /// The way to it, with its summary.
    pub link: LinkView,
    /// Whether something else replaced it.
    pub is_deprecated: bool,
    /// What replaced it.
    pub replaced_by: Option<LinkView>,
    /// The programs that it applies to.
    pub hosts: Vec<&'static str>,
    /// The transports that it applies to.
    pub transports: Vec<&'static str>,
    /// How far its examples are proven, the furthest first.
    pub levels: Vec<LevelView>,
}

/// Makes the view of all guides. `choose` is the address of the decision path.
pub fn guides(catalog: &Catalog, target: &Target<'_>, choose: Option<String>) -> CompareView {
    let part = |part: &Part| PartView {
        title: part.title.clone(),
        patterns: {
            let patterns = part.patterns.iter().filter_map(|id| catalog.patterns.get(&id.value));
            patterns.map(|pattern| row(pattern, catalog, target)).collect()
        },
    };
    let guide = |guide: &Guide| GuideView {
        title: guide.title.clone(),
        parts: guide.parts.iter().map(part).collect(),
    };
    CompareView { choose, guides: catalog.manifest.guides.iter().map(guide).collect() }
}

fn row(pattern: &Pattern, catalog: &Catalog, target: &Target<'_>) -> RowView {
    let content = &pattern.content;
    let link = |id: &str| view::link(id, catalog, target);
    RowView {
        link: link(&content.id.value),
        is_deprecated: content.status == Status::Deprecated,
        replaced_by: content.replaced_by.as_ref().map(|id| link(&id.value)),
        hosts: content.hosts.iter().map(|host| host.title()).collect(),
        transports: content.transports.iter().map(|transport| transport.title()).collect(),
        levels: proof::levels(pattern, catalog),
    }
}
