//! What the template of the page of topics may see. A contract, as in [`view`].

use serde::Serialize;

use super::view::{self, LinkView, Target};
use crate::model::Catalog;
use crate::value::de::Located;

/// The topics that the guides promise, and the pages that hold them.
#[derive(Debug, Serialize)]
pub struct TopicsView {
    /// The groups of the manifest.
    pub groups: Vec<GroupView>,
}

/// Topics that belong together.
#[derive(Debug, Serialize)]
pub struct GroupView {
    /// What they are about.
    pub title: String,
    /// The topics, as people would count them.
    pub topics: Vec<TopicView>,
}

/// A topic.
#[derive(Debug, Serialize)]
pub struct TopicView {
    /// Its id, such as `P20`.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The patterns that cover it.
    pub pages: Vec<LinkView>,
    /// The titles of guides that cover it themselves.
    pub guides: Vec<String>,
}

/// Makes the view of all topics of a catalog.
pub fn topics(catalog: &Catalog, target: &Target<'_>) -> TopicsView {
    let topic = |(id, title): (&String, &String)| {
        let names_it =
            |covers: &[Located<String>]| covers.iter().any(|covered| covered.value == *id);
        let patterns = catalog.patterns.iter();
        let patterns = patterns.filter(|(_, pattern)| names_it(&pattern.content.covers));
        let guides = catalog.manifest.guides.iter().filter(|guide| names_it(&guide.covers));
        TopicView {
            id: id.clone(),
            title: title.clone(),
            pages: patterns.map(|(id, _)| view::link(id, catalog, target)).collect(),
            guides: guides.map(|guide| guide.title.clone()).collect(),
        }
    };
    let groups = catalog.manifest.topics.iter().map(|group| {
        let mut topics: Vec<TopicView> = group.topics.iter().map(topic).collect();
        topics.sort_by_cached_key(|topic| (topic.id.len(), topic.id.clone()));
        GroupView { title: group.title.value.clone(), topics }
    });
    TopicsView { groups: groups.collect() }
}
