//! The picture that other sites show beside a link to this one: its title, what it is, and what is
//! proven of it. The same bytes on every machine: one font comes with the tool, and the curves are
//! drawn without what only some processors have.

use std::io::{self, Write as _};

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// Letters of Latin, Greek and Cyrillic; its licence stands beside it.
static FONT: &[u8] = include_bytes!("../../../assets/card.ttf");

/// Its size in pixels, as other sites want it.
pub(super) const WIDTH: usize = 1200;
pub(super) const HEIGHT: usize = 630;
const MARGIN: f32 = 80.0;

/// The colours behind the text and of it: 16 steps lead from one to the other.
const PAPER: [u8; 3] = [0x26, 0x3d, 0x8f];
const INK: [u8; 3] = [0xff, 0xff, 0xff];
const STEPS: u8 = 16;

/// What a card says.
#[derive(Debug)]
pub(super) struct Card<'a> {
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// What is proven; empty where nothing is.
    pub(super) facts: &'a str,
}

/// Draws a card as PNG; none for text in letters that the font lacks.
pub(super) fn draw(card: &Card<'_>) -> Option<Vec<u8>> {
    let font = FontRef::try_from_slice(FONT).expect("the font is part of this program");
    let is_known = |char: char| char.is_whitespace() || font.glyph_id(char).0 != 0;
    if ![card.title, card.description, card.facts].concat().chars().all(is_known) {
        return None;
    }
    let mut canvas = Canvas { font, steps: vec![0; WIDTH * HEIGHT] };
    let end = canvas.write(card.title, 76.0, 150.0, 2);
    canvas.write(card.description, 38.0, end + 30.0, 3);
    canvas.write(card.facts, 32.0, 570.0, 1);
    Some(png(&canvas.steps).expect("nothing fails in memory"))
}

struct Canvas<'a> {
    font: FontRef<'a>,
    /// How far each pixel is from paper to ink.
    steps: Vec<u8>,
}

impl Canvas<'_> {
    /// Writes text in lines of one size from `y`, the first one's baseline; says where the next
    /// line would stand. What has no room on the last line is left out.
    fn write(&mut self, text: &str, size: f32, mut y: f32, most: usize) -> f32 {
        let mut lines = self.wrap(text, size);
        if lines.len() > most {
            lines.truncate(most);
            lines[most - 1].push('…');
        }
        for line in &lines {
            self.write_line(line, size, y);
            y += size * 1.25;
        }
        y
    }

    fn wrap(&self, text: &str, size: f32) -> Vec<String> {
        let room = WIDTH as f32 - 2.0 * MARGIN;
        let mut lines = Vec::<String>::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}"), size) <= room => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let font = self.font.as_scaled(PxScale::from(size));
        text.chars().map(|char| font.h_advance(font.glyph_id(char))).sum()
    }

    fn write_line(&mut self, line: &str, size: f32, y: f32) {
        let mut x = MARGIN;
        for char in line.chars() {
            let id = self.font.glyph_id(char);
            let glyph = id.with_scale_and_position(size, point(x, y));
            x += self.font.as_scaled(PxScale::from(size)).h_advance(id);
            let Some(outline) = self.font.outline_glyph(glyph) else { continue };
            let corner = outline.px_bounds().min;
            let steps = &mut self.steps;
            outline.draw(|right, down, cover| {
                let (x, y) =
                    (corner.x as usize + right as usize, corner.y as usize + down as usize);
                if x < WIDTH && y < HEIGHT {
                    let step = (cover.min(1.0) * f32::from(STEPS - 1)).round() as u8;
                    steps[y * WIDTH + x] = step.max(steps[y * WIDTH + x]);
                }
            });
        }
    }
}

/// Writes steps between two colours as a PNG of four bits a pixel.
fn png(steps: &[u8]) -> io::Result<Vec<u8>> {
    let mut palette = Vec::new();
    for step in 0..u16::from(STEPS) {
        let last = u16::from(STEPS) - 1;
        let mix = |(paper, ink): (u8, u8)| {
            ((u16::from(paper) * (last - step) + u16::from(ink) * step) / last) as u8
        };
        palette.extend(PAPER.into_iter().zip(INK).map(mix));
    }
    let mut lines = ZlibEncoder::new(Vec::new(), Compression::best());
    for row in steps.chunks(WIDTH) {
        // Each row begins with its filter: none.
        let mut line = vec![0];
        line.extend(row.chunks(2).map(|pair| pair[0] << 4 | pair[1]));
        lines.write_all(&line)?;
    }
    let size = |pixels: usize| (pixels as u32).to_be_bytes();
    // Four bits, colours of a palette, and nothing unusual.
    let head = [size(WIDTH).as_slice(), &size(HEIGHT), &[4, 3, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, bytes) in
        [(b"IHDR", head), (b"PLTE", palette), (b"IDAT", lines.finish()?), (b"IEND", Vec::new())]
    {
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(&bytes);
        png.extend(size(bytes.len()));
        png.extend(kind);
        png.extend(bytes);
        png.extend(crc.sum().to_be_bytes());
    }
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::{Card, HEIGHT, WIDTH, draw};

    #[test]
    fn a_card_is_a_small_picture_and_the_same_every_time() {
        let card =
            Card { title: "Größe & <b>", description: &"word ".repeat(99), facts: "1 of 2" };
        let png = draw(&card).unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        let size = [(WIDTH as u32).to_be_bytes(), (HEIGHT as u32).to_be_bytes()].concat();
        assert_eq!(png[16..24], size);
        assert!(png.len() < 60_000, "{}", png.len());
        // On every machine: curves are drawn with nothing but what IEEE 754 says of each step.
        let hash = blake3::hash(&png).to_hex();
        assert_eq!(&hash[..8], "a674db1b");
    }

    #[test]
    fn letters_that_the_font_lacks_are_no_boxes() {
        assert!(draw(&Card { title: "認証", description: "", facts: "" }).is_none());
    }
}
