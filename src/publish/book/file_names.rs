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
        let indent = page[start..range.start].chars().count();
        named.push_str(&page[copied..range.start]);
        named.push_str(&format!("File: {}\n\n{}", code(&file), " ".repeat(indent)));
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
}
