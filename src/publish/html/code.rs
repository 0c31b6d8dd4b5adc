//! A code block as a figure: caption, proof level, and the highlighted code.

use crate::markdown::languages;
use crate::publish::html::escape::{escape_attribute, escape_text};
use crate::publish::html::fence::FenceInfo;
use crate::publish::html::highlight::Highlighter;

/// The HTML of a code block.
///
/// The code can take the focus, so that it scrolls with the keyboard; the copy button is
/// added by script, because without script it could not work.
pub(super) fn figure(fence_info: &FenceInfo, code: &str, highlighter: &Highlighter) -> String {
    let class = if fence_info.is_dont { "code dont" } else { "code" };
    let caption = caption(fence_info);
    let label = escape_attribute(&label(fence_info));
    let language = escape_attribute(&fence_info.language);
    let code = highlighter.highlight(&fence_info.language, code.trim_end_matches('\n'));
    format!(
        "<figure class=\"{class}\">{caption}<pre tabindex=\"0\" role=\"group\" \
         aria-label=\"{label}\" data-language=\"{language}\"><code>{code}\n</code></pre></figure>\n"
    )
}

fn caption(fence_info: &FenceInfo) -> String {
    let mut caption = String::new();
    if fence_info.is_dont {
        caption.push_str("<strong class=\"dont-sign\">Don’t</strong>");
    }
    match (&fence_info.file, languages::name_of(&fence_info.language)) {
        (Some(file), _) => {
            caption.push_str(&format!("<span class=\"file\">{}</span>", escape_text(file)));
        }
        (None, Some(name)) => caption.push_str(&format!("<span>{}</span>", escape_text(name))),
        (None, None) => {}
    }
    if let Some(address) = &fence_info.open {
        let address = escape_attribute(address);
        caption.push_str(&format!(
            "<a class=\"open\" href=\"{address}.txt\" type=\"text/plain\">Open the file</a>\
             <a class=\"open\" href=\"{address}\" download>Download</a>"
        ));
    }
    if let Some(level) = &fence_info.level {
        let (name, text) = (escape_attribute(level), escape_text(level));
        caption.push_str(&format!("<span class=\"level\" data-level=\"{name}\">{text}</span>"));
    }
    if caption.is_empty() {
        return caption;
    }
    format!("<figcaption>{caption}</figcaption>")
}

/// What a screen reader says when the code takes the focus.
fn label(fence_info: &FenceInfo) -> String {
    let mut label = String::new();
    if fence_info.is_dont {
        label.push_str("What not to do: ");
    }
    match fence_info.language.as_str() {
        "" => label.push_str("code"),
        language => label.push_str(&format!("{language} code")),
    }
    if let Some(file) = &fence_info.file {
        label.push_str(&format!(" of {file}"));
    }
    label
}

#[cfg(test)]
mod tests {
    use super::{FenceInfo, Highlighter, figure};

    #[track_caller]
    fn check(info: &str, expected: &str) {
        let html = figure(&FenceInfo::parse(info), "<a>\n", &Highlighter::default());
        assert_eq!(html, expected);
    }

    #[test]
    fn plain_code_has_no_caption() {
        check(
            "text",
            "<figure class=\"code\"><pre tabindex=\"0\" role=\"group\" aria-label=\"text code\" \
             data-language=\"text\"><code>&lt;a&gt;\n</code></pre></figure>\n",
        );
    }

    #[test]
    fn dont_example_says_so() {
        check(
            "klingon file=\"a.k\" dont level=ran",
            "<figure class=\"code dont\"><figcaption><strong class=\"dont-sign\">Don’t</strong>\
             <span class=\"file\">a.k</span><span class=\"level\" data-level=\"ran\">ran</span>\
             </figcaption><pre tabindex=\"0\" role=\"group\" \
             aria-label=\"What not to do: klingon code of a.k\" data-language=\"klingon\">\
             <code>&lt;a&gt;\n</code></pre></figure>\n",
        );
    }

    #[test]
    fn code_of_a_file_leads_to_the_file() {
        check(
            "bash open=\"../a&b.sh\"",
            "<figure class=\"code\"><figcaption><span>Shell</span>\
             <a class=\"open\" href=\"../a&amp;b.sh.txt\" type=\"text/plain\">Open the file</a>\
             <a class=\"open\" href=\"../a&amp;b.sh\" download>Download</a></figcaption>\
             <pre tabindex=\"0\" role=\"group\" aria-label=\"bash code\" data-language=\"bash\">\
             <code>&lt;a&gt;\n</code></pre></figure>\n",
        );
    }

    #[test]
    fn info_string_cannot_add_markup() {
        let html = figure(
            &FenceInfo::parse("\"><script> file=\"</span><script>\" level=<script>"),
            "",
            &Highlighter::default(),
        );
        assert!(!html.contains("<script>"), "{html}");
    }
}
