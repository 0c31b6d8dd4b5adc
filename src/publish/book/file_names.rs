//! Names the files of code above it, for mdBook: its renderer does not show what a fence's info
//! string says.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::markdown::page_options;
use crate::publish::html::fence::FenceInfo;
use crate::render::markdown::code;

/// Writes a line above each fence that names its file.
pub fn name_files(page: &str) -> String {
    let mut named = String::with_capacity(page.len());
    let mut copied = 0;
    for (event, range) in Parser::new_ext(page, page_options()).into_offset_iter() {
        let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event else { continue };
        let Some(file) = FenceInfo::parse(&info).file else { continue };
        let start = page[..range.start].rfind('\n').map_or(0, |end| end + 1);
        let before = &page[start..range.start];
        // In a quotation every line has its sign; our own pages have none.
        if before.contains('>') {
            continue;
        }
        let blank = |sign| if sign == '\t' { sign } else { ' ' };
        let indent: String = before.chars().map(blank).collect();
        named.push_str(&page[copied..range.start]);
        let above = page[..start].lines().last().unwrap_or_default();
        if before.trim().is_empty() && !above.trim().is_empty() {
            named.push_str(&format!("\n{indent}"));
        }
        named.push_str(&format!("File: {}\n\n{indent}", code(&file)));
        copied = range.start;
    }
    named.push_str(&page[copied..]);
    named
}

#[cfg(test)]
mod tests {
    use super::name_files;

    #[test]
    fn each_file_is_named_where_its_code_stands() {
        let page = "```sh file=\"a.sh\"\nx\n```\n\n1. - ~~~sh file=\"b `c`.sh\"\n     x\n     ~~~\n\n\
                    ```sh\n```\n\n````md\n```sh file=d\n```\n````\n";
        let expected = "File: `a.sh`\n\n```sh file=\"a.sh\"\nx\n```\n\n\
                        1. - File: ``b `c`.sh``\n\n     ~~~sh file=\"b `c`.sh\"\n     x\n     ~~~\n\n\
                        ```sh\n```\n\n````md\n```sh file=d\n```\n````\n";
        assert_eq!(name_files(page), expected);
    }

    #[test]
    fn what_stands_around_stays_whole() {
        let quoted = "> ```sh file=a.sh\n> x\n> ```\n";
        assert_eq!(name_files(quoted), quoted);
        let joined = "Copy:\n```sh file=a.sh\nx\n```\n";
        assert_eq!(name_files(joined), "Copy:\n\nFile: `a.sh`\n\n```sh file=a.sh\nx\n```\n");
        let indented = "1.\t```sh file=a.sh\n\tx\n\t```\n";
        assert_eq!(name_files(indented), "1.\tFile: `a.sh`\n\n  \t```sh file=a.sh\n\tx\n\t```\n");
    }
}
