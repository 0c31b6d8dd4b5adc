//! Draws a flow as a sequence diagram: SVG that takes the colours of the page.

use std::fmt::Write as _;

use super::markdown::{one_line, wrap};
use crate::model::flow::Message;
use crate::source::bidi;

/// The width of a character at the diagram's font size, in pixels; generous, because the
/// reader's system font is not known.
const CHARACTER: usize = 7;
const LINE: usize = 17;
const MARGIN: usize = 12;
const HEAD: usize = 34;
const MAX_CHARACTERS: usize = 30;

/// Draws participants and messages. The result has no empty line, so that Markdown takes
/// it as one block of HTML.
pub fn draw(title: &str, participants: &[String], messages: &[Message]) -> String {
    let layout = Layout::new(participants, messages);
    let mut body = String::new();
    let mut y = HEAD + MARGIN * 2;
    for (number, message) in (1..).zip(messages) {
        let lines = wrap(&format!("{number}. {}", message.text), layout.room(message));
        y += LINE * lines.len();
        draw_message(&mut body, &layout, message, &lines, y);
        y += MARGIN + if message.from == message.to { LINE } else { 4 };
    }
    let height = y + MARGIN;
    let width = layout.width();
    let mut svg = format!(
        "<figure class=\"diagram wide\" tabindex=\"0\" role=\"group\" aria-label=\"{title}\">\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"currentColor\">\n",
        title = escape(title),
    );
    for (index, name) in participants.iter().enumerate() {
        draw_participant(&mut svg, layout.x(index), layout.head(index), height, name);
    }
    svg.push_str(&body);
    svg.push_str("</svg>\n</figure>");
    svg
}

/// Where each participant's line stands.
struct Layout {
    centres: Vec<usize>,
    heads: Vec<usize>,
    has_last_loop: bool,
}

impl Layout {
    fn new(participants: &[String], messages: &[Message]) -> Self {
        let heads: Vec<usize> =
            participants.iter().map(|name| name.chars().count() * 8 + MARGIN * 2).collect();
        let mut centres = Vec::new();
        let mut x = MARGIN + heads[0] / 2;
        for index in 0..participants.len() {
            centres.push(x);
            let next_head = heads.get(index + 1).copied().unwrap_or_default();
            let room_for_heads = heads[index] / 2 + next_head / 2 + MARGIN * 2;
            let longest = messages.iter().filter(|message| is_between(message, index));
            let longest = longest.map(|message| message.text.chars().count() + 4).max();
            let room_for_text = longest.unwrap_or_default().min(MAX_CHARACTERS) * CHARACTER;
            x += room_for_heads.max(room_for_text + MARGIN * 2);
        }
        let last = participants.len() - 1;
        let has_last_loop =
            messages.iter().any(|message| message.from == last && message.to == last);
        Self { centres, heads, has_last_loop }
    }

    fn x(&self, participant: usize) -> usize {
        self.centres[participant]
    }

    fn head(&self, participant: usize) -> usize {
        self.heads[participant]
    }

    fn width(&self) -> usize {
        let last = self.centres.len() - 1;
        let loop_room = if self.has_last_loop { MAX_CHARACTERS * CHARACTER } else { 0 };
        self.centres[last] + (self.heads[last] / 2).max(loop_room) + MARGIN
    }

    /// How many characters fit on the arrow of a message.
    fn room(&self, message: &Message) -> usize {
        let distance = self.x(message.from).abs_diff(self.x(message.to));
        match distance {
            0 => MAX_CHARACTERS - 2,
            _ => (distance - MARGIN) / CHARACTER,
        }
    }
}

/// Tells whether a message decides the gap behind participant `index`.
fn is_between(message: &Message, index: usize) -> bool {
    let left = message.from.min(message.to);
    let right = message.from.max(message.to);
    left == index && right <= index + 1
}

fn draw_participant(svg: &mut String, x: usize, width: usize, height: usize, name: &str) {
    let left = x - width / 2;
    let (top, bottom) = (MARGIN + HEAD, height - MARGIN / 2);
    writeln!(
        svg,
        "<rect x=\"{left}\" y=\"{MARGIN}\" width=\"{width}\" height=\"{HEAD}\" rx=\"6\" \
         fill=\"none\" stroke=\"currentColor\" stroke-opacity=\"0.6\"/>\
         <text x=\"{x}\" y=\"{baseline}\" text-anchor=\"middle\" font-weight=\"600\">{name}</text>\
         <path d=\"M{x} {top}V{bottom}\" stroke=\"currentColor\" stroke-opacity=\"0.3\"/>",
        baseline = MARGIN + 22,
        name = escape(name),
    )
    .expect("strings take any text");
}

fn draw_message(svg: &mut String, layout: &Layout, message: &Message, lines: &[String], y: usize) {
    let (from, to) = (layout.x(message.from), layout.x(message.to));
    let dash = if message.is_answer { " stroke-dasharray=\"5 4\"" } else { "" };
    let (anchor, text_x) =
        if from == to { ("start", from + MARGIN) } else { ("middle", usize::midpoint(from, to)) };
    for (index, line) in lines.iter().enumerate() {
        let baseline = y - 6 - LINE * (lines.len() - 1 - index);
        writeln!(
            svg,
            "<text x=\"{text_x}\" y=\"{baseline}\" text-anchor=\"{anchor}\">{}</text>",
            escape(line)
        )
        .expect("strings take any text");
    }
    let (path, tip, heading) = match (from == to, to > from) {
        (true, _) => (format!("M{from} {y}h26v{LINE}h-22"), from + 2, -1),
        (false, true) => (format!("M{from} {y}H{}", to - 6), to, 1),
        (false, false) => (format!("M{from} {y}H{}", to + 6), to, -1),
    };
    let tip_y = if from == to { y + LINE } else { y };
    let back = -8 * heading;
    writeln!(
        svg,
        "<path d=\"{path}\" fill=\"none\" stroke=\"currentColor\"{dash}/>\
         <path d=\"M{tip} {tip_y}l{back} -4v8z\"/>"
    )
    .expect("strings take any text");
}

/// Text for the drawing, on one line: an empty line would end the block of HTML.
fn escape(text: &str) -> String {
    let text = one_line(text);
    bidi::show(&text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_no_line_is_empty() {
        let participants = ["a\n\n<b>".to_owned(), "c".to_owned()];
        let messages = [
            Message { from: 0, to: 1, text: "x & y".to_owned(), is_answer: false },
            Message { from: 1, to: 1, text: "think".to_owned(), is_answer: false },
            Message { from: 1, to: 0, text: "z".to_owned(), is_answer: true },
        ];
        let svg = draw("t", &participants, &messages);
        assert!(svg.contains("a &lt;b&gt;") && svg.contains("x &amp; y"));
        assert!(svg.contains("stroke-dasharray"));
        assert!(svg.lines().all(|line| !line.trim().is_empty()));
    }
}
