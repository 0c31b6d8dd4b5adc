//! What templates may see. A contract: a field keeps its name and meaning.
//!
//! Text fields are Markdown whose `pattern:` links are resolved already, and without HTML: see
//! [`super::hold`]. Titles, names, versions, labels and symptoms are plain text: templates write
//! them with the filter `text`, or `code`. A field that is not there is `null`, or an empty list.

use std::collections::BTreeSet;

use serde::Serialize;

use super::hold::hold;
use super::proof::{self, ProofView};
use super::{diagram, markdown};
use crate::inspect::project::level_of;
use crate::model::expectations::split_attack;
use crate::model::yaml::words::{Host, Status};
use crate::model::yaml::{self, Setting, Shown, Source};
use crate::model::{Catalog, Example, Pattern, flow};
use crate::value::de::{Block, Located};

/// Where a rendering goes: what decides about links and fences.
pub struct Target<'a> {
    /// The address of a pattern's page from here; none when it is not to be had from here.
    pub link: &'a dyn Fn(&str) -> Option<String>,
    /// The address of an example's file from here, if it is there.
    pub script: &'a dyn Fn(&Example) -> Option<String>,
    /// Whether readers see HTML: then diagrams are drawn and fences carry attributes.
    pub is_page: bool,
}

/// A pattern.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the pattern format, documented there")]
pub struct PatternView {
    pub id: String,
    pub title: String,
    pub summary: String,
    pub is_deprecated: bool,
    pub replaced_by: Option<LinkView>,
    pub hosts: Vec<&'static str>,
    pub transports: Vec<&'static str>,
    pub checked: Vec<VersionView>,
    /// How far its examples are proven together.
    pub proof: Option<ProofView>,
    pub answer: Option<String>,
    pub use_when: Vec<String>,
    pub avoid_when: Vec<AvoidView>,
    pub flow: Option<FlowView>,
    pub steps: Vec<PartView>,
    /// The examples that no step and no section shows.
    pub examples: Vec<ExampleView>,
    pub sections: Vec<PartView>,
    pub settings: Vec<SettingView>,
    pub dos: Vec<AdviceView>,
    pub donts: Vec<AdviceView>,
    pub security: Vec<String>,
    pub troubleshooting: Vec<TroubleView>,
    pub related: Vec<LinkView>,
    pub sources: Vec<SourceView>,
}

/// A link to a pattern.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are what their names say")]
pub struct LinkView {
    pub id: String,
    pub title: String,
    pub summary: String,
    /// None when the pattern is not to be had from here.
    pub href: Option<String>,
}

/// Something that a pattern was checked against.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are what their names say")]
pub struct VersionView {
    pub name: String,
    pub version: String,
}

/// A situation in which something else is better.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are what their names say")]
pub struct AvoidView {
    pub text: String,
    pub instead: Option<LinkView>,
}

/// A flow, drawn and told.
#[derive(Debug, Serialize)]
pub struct FlowView {
    /// The diagram as HTML, for pages.
    pub svg: Option<String>,
    /// Each message in words.
    pub messages: Vec<String>,
}

/// A step, or a section.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are what their names say")]
pub struct PartView {
    pub title: Option<String>,
    pub text: String,
    pub example: Option<ExampleView>,
    /// Examples to choose from; none where there is `example`.
    pub tabs: Vec<ExampleView>,
}

/// An example.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are what their names say")]
pub struct ExampleView {
    pub id: String,
    pub title: String,
    /// The words on its tab.
    pub tab: String,
    pub text: Option<String>,
    pub file_name: Option<String>,
    /// The code in its fence.
    pub fence: String,
    pub level: &'static str,
    /// The address of its file.
    pub script: Option<String>,
    /// For pages: how far it is proven, by what and how to repeat it, as HTML of one line.
    pub proof: Option<String>,
}

/// A setting.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the pattern format, documented there")]
pub struct SettingView {
    pub name: String,
    pub meaning: String,
    pub is_secret: bool,
    pub is_required: bool,
    pub from: Option<String>,
}

/// Something to do, or not to do.
#[derive(Debug, Serialize)]
pub struct AdviceView {
    /// What.
    pub text: String,
    /// Why.
    pub because: Option<String>,
    /// For a don't: the bad code in its fence.
    pub fence: Option<String>,
    /// For a don't with code: the rule that flags it.
    pub flagged_by: Option<String>,
    /// For a don't with code: the test that it fails and that the example beside it passes.
    pub attack: Option<String>,
}

/// A symptom.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the pattern format, documented there")]
pub struct TroubleView {
    pub symptom: String,
    pub causes: Vec<CauseView>,
}

/// A cause and its fix.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the pattern format, documented there")]
pub struct CauseView {
    pub cause: String,
    pub fix: String,
}

/// A source.
#[derive(Debug, Serialize)]
pub struct SourceView {
    /// Its name for people, such as `RFC 6750, section 3.1`.
    pub label: String,
    /// Its address.
    pub href: Option<String>,
    /// What it says.
    pub claim: String,
}

/// Makes the view of a pattern.
pub fn pattern(pattern: &Pattern, catalog: &Catalog, target: &Target<'_>) -> PatternView {
    let content = &pattern.content;
    let viewer = Viewer { pattern, catalog, target };
    let shown: BTreeSet<&str> = content.shown().flat_map(Shown::ids).map(Located::as_str).collect();
    let alone = |example: &&Example| !shown.contains(example.entry.id.as_str());
    PatternView {
        id: content.id.value.clone(),
        title: content.title.clone(),
        summary: viewer.text(&content.summary),
        is_deprecated: content.status == Status::Deprecated,
        replaced_by: content.replaced_by.as_ref().map(|id| viewer.link(id)),
        hosts: content.hosts.iter().map(|host| host.title()).collect(),
        transports: content.transports.iter().map(|transport| transport.title()).collect(),
        checked: {
            let version = |(name, version): (&String, &Located<String>)| VersionView {
                name: viewer.program(name),
                version: version.value.clone(),
            };
            content.checked.iter().map(version).collect()
        },
        proof: proof::sum_up(pattern, catalog),
        answer: content.answer.as_ref().map(|text| viewer.text(text)),
        use_when: viewer.texts(&content.use_when),
        avoid_when: content.avoid_when.iter().map(|avoid| viewer.avoid(avoid)).collect(),
        flow: content.flow.as_ref().map(|flow| viewer.flow(flow)),
        steps: {
            let part = |step: &yaml::Step| viewer.part(None, &step.text, step.shown());
            content.steps.iter().map(part).collect()
        },
        examples: {
            let alone = pattern.examples.iter().filter(alone);
            alone.map(|example| viewer.example(example)).collect()
        },
        sections: {
            let part = |section: &yaml::Section| {
                viewer.part(Some(section.title.clone()), &section.text, section.shown())
            };
            content.sections.iter().map(part).collect()
        },
        settings: content.settings.iter().map(|setting| viewer.setting(setting)).collect(),
        dos: content.dos.iter().map(|advice| viewer.advice(advice)).collect(),
        donts: {
            let donts = content.donts.iter().enumerate();
            donts.map(|(index, dont)| viewer.dont(index, dont)).collect()
        },
        security: viewer.texts(&content.security),
        troubleshooting: content
            .troubleshooting
            .iter()
            .map(|trouble| viewer.trouble(trouble))
            .collect(),
        related: content.related.iter().map(|id| viewer.link(id)).collect(),
        sources: content.sources.iter().map(|source| viewer.source(source)).collect(),
    }
}

/// Makes the view of one example of a pattern.
pub fn example(
    pattern: &Pattern,
    example: &Example,
    catalog: &Catalog,
    target: &Target<'_>,
) -> ExampleView {
    Viewer { pattern, catalog, target }.example(example)
}

/// Makes the view of a link to a pattern.
pub fn link(id: &str, catalog: &Catalog, target: &Target<'_>) -> LinkView {
    let content = catalog.patterns.get(id).map(|pattern| &pattern.content);
    let summary = content
        .map_or(String::new(), |content| markdown::field(&content.summary.text, target.link));
    LinkView {
        id: id.to_owned(),
        title: content.map_or_else(|| id.to_owned(), |content| content.title.clone()),
        summary,
        href: (target.link)(id),
    }
}

struct Viewer<'a> {
    pattern: &'a Pattern,
    catalog: &'a Catalog,
    target: &'a Target<'a>,
}

impl Viewer<'_> {
    fn text(&self, block: &Block) -> String {
        markdown::field(&block.text, self.target.link)
    }

    fn texts(&self, blocks: &[Block]) -> Vec<String> {
        blocks.iter().map(|block| self.text(block)).collect()
    }

    fn link(&self, id: &Located<String>) -> LinkView {
        link(&id.value, self.catalog, self.target)
    }

    /// The name for people of what a pattern was checked against.
    fn program(&self, name: &str) -> String {
        let manifest = &self.catalog.manifest;
        let version = manifest.versions.get(name).map(|version| &version.title);
        let spec = || manifest.specs.get(name).map(|spec| &spec.title);
        if let Some(title) = version.or_else(spec) {
            return title.clone();
        }
        let host = Host::ALL.iter().find(|host| host.id() == name);
        host.map_or(name, |host| host.title()).to_owned()
    }

    fn avoid(&self, avoid: &yaml::Avoid) -> AvoidView {
        let instead = avoid.instead.as_ref().map(|id| self.link(id));
        AvoidView { text: self.text(&avoid.text), instead }
    }

    fn flow(&self, flow: &yaml::Flow) -> FlowView {
        let messages: Vec<_> = flow
            .messages
            .iter()
            .filter_map(|message| flow::parse(&message.value.text(), &flow.participants).ok())
            .collect();
        let name = |index: usize| hold(&markdown::text(&flow.participants[index]));
        let in_words = |message: &flow::Message| {
            let (from, text) = (name(message.from), hold(&markdown::text(&message.text)));
            match message.from == message.to {
                true => format!("**{from}:** {text}"),
                false => format!("**{from} → {}:** {text}", name(message.to)),
            }
        };
        let title = format!("{}: who says what to whom", self.pattern.content.title);
        let svg = || diagram::draw(&title, &flow.participants, &messages);
        FlowView {
            svg: self.target.is_page.then(svg),
            messages: messages.iter().map(in_words).collect(),
        }
    }

    fn part(&self, title: Option<String>, text: &Block, shown: Shown<'_>) -> PartView {
        let example = |id: &Located<String>| Some(self.example(self.pattern.example(&id.value)?));
        PartView {
            title,
            text: self.text(text),
            example: shown.example.and_then(example),
            tabs: shown.tabs.iter().filter_map(example).collect(),
        }
    }

    fn example(&self, example: &Example) -> ExampleView {
        let entry = &example.entry;
        let file_name = entry.file_name.as_ref().map(|name| name.value.clone());
        let level = level_of(self.pattern, example, &self.catalog.proven).name();
        let script = (self.target.script)(example);
        let mut info = entry.language.value.clone();
        if self.target.is_page {
            if let Some(name) = &file_name {
                info.push_str(&format!(" file={}", markdown::info_value(name)));
            }
            if let Some(script) = &script {
                info.push_str(&format!(" open={}", markdown::info_value(script)));
            }
        }
        ExampleView {
            id: entry.id.value.clone(),
            title: entry.title.clone(),
            tab: entry.tab_name().to_owned(),
            text: entry.text.as_ref().map(|text| self.text(text)),
            file_name,
            fence: hold(&markdown::fence(&info, &example.snippet.text)),
            level,
            script,
            proof: self.target.is_page.then(|| proof::tell(self.pattern, example, self.catalog)),
        }
    }

    fn setting(&self, setting: &Setting) -> SettingView {
        SettingView {
            name: setting.name.clone(),
            meaning: self.text(&setting.meaning),
            is_secret: setting.secret,
            is_required: setting.required,
            from: setting.from.as_ref().map(|from| self.text(from)),
        }
    }

    fn advice(&self, advice: &yaml::Advice) -> AdviceView {
        AdviceView {
            text: self.text(&advice.text),
            because: advice.because.as_ref().map(|because| self.text(because)),
            fence: None,
            flagged_by: None,
            attack: None,
        }
    }

    fn dont(&self, index: usize, dont: &yaml::Dont) -> AdviceView {
        let example = self.pattern.bad_examples.iter().find(|example| example.index == index);
        let fence = example.map(|example| {
            let language = dont.language.as_ref().map_or("text", Located::as_str);
            let flag = if self.target.is_page { " dont" } else { "" };
            hold(&markdown::fence(&format!("{language}{flag}"), &example.snippet.text))
        });
        AdviceView {
            text: self.text(&dont.text),
            because: dont.because.as_ref().map(|because| self.text(because)),
            fence,
            flagged_by: dont.flagged_by.as_ref().map(|rule| rule.value.clone()),
            attack: dont
                .attack
                .as_ref()
                .and_then(|attack| Some(split_attack(&attack.value)?.1.to_owned())),
        }
    }

    fn trouble(&self, trouble: &yaml::Trouble) -> TroubleView {
        let cause = |cause: &yaml::Cause| CauseView {
            cause: self.text(&cause.cause),
            fix: self.text(&cause.fix),
        };
        TroubleView {
            symptom: trouble.symptom.clone(),
            causes: trouble.causes.iter().map(cause).collect(),
        }
    }

    fn source(&self, source: &Source) -> SourceView {
        let (label, href) = self.origin(source);
        SourceView { label, href, claim: self.text(&source.claim) }
    }

    fn origin(&self, source: &Source) -> (String, Option<String>) {
        let clause = |name: String| match &source.section {
            Some(section) => format!("{name}, section {section}"),
            None => name,
        };
        if let Some(rfc) = &source.rfc {
            let anchor = source.section.as_ref().map(|section| format!("#section-{section}"));
            let href = format!(
                "https://www.rfc-editor.org/rfc/rfc{}.html{}",
                rfc.value,
                anchor.unwrap_or_default()
            );
            return (clause(format!("RFC {}", rfc.value)), Some(href));
        }
        if let Some(name) = &source.spec
            && let Some(spec) = self.catalog.manifest.specs.get(&name.value)
        {
            let page = source.page.clone().unwrap_or_default();
            let href = match page.as_str() {
                "" => spec.url.clone(),
                page => format!("{}{page}{}", spec.url, spec.suffix),
            };
            let title = format!("{} {}", spec.title, spec.revision);
            let label = if page.is_empty() { title } else { format!("{title}, {page}") };
            return (clause(label), Some(href));
        }
        if let Some(url) = &source.url {
            let short = url.value.split("://").last().unwrap_or_default();
            return (clause(short.trim_end_matches('/').to_owned()), Some(url.value.clone()));
        }
        let observed = source.observed.clone().unwrap_or_default();
        (format!("Observed with {observed}"), None)
    }
}
