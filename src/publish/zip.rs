//! Writes zip archives, the same bytes every time.
//!
//! What an archive of a few files needs, and no more: no zip64, no comments. The names of fields
//! are those of <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.

use std::io::{self, Write as _};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// A file for an archive.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// Its path in the archive, with `/`.
    pub(super) path: String,
    pub(super) bytes: &'a [u8],
    pub(super) is_executable: bool,
}

/// The version that deflated files need, 2.0.
const VERSION: u16 = 20;
/// Who made it, in the upper half: Unix, so that readers take the mode of each file.
const MADE_BY: u16 = 3 << 8 | VERSION;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
const DEFLATED: u16 = 8;
/// The first day that the format knows, 1980-01-01.
const DATE: u16 = 1 << 5 | 1;

/// Packs files.
pub(super) fn pack(entries: &[Entry<'_>]) -> io::Result<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let offset = size(archive.len())?;
        let about = about(entry)?;
        archive.extend(0x0403_4b50_u32.to_le_bytes());
        archive.extend(&about.fields);
        archive.extend(entry.path.as_bytes());
        archive.extend(about.deflated);

        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend(MADE_BY.to_le_bytes());
        directory.extend(&about.fields);
        // No comment, on the first disk, no internal attributes.
        directory.extend([0; 6]);
        let mode: u32 = if entry.is_executable { 0o100_755 } else { 0o100_644 };
        directory.extend((mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.path.as_bytes());
    }
    let count = u16::try_from(entries.len()).map_err(io::Error::other)?;
    let (start, length) = (size(archive.len())?, size(directory.len())?);
    archive.extend(directory);
    archive.extend(0x0605_4b50_u32.to_le_bytes());
    archive.extend([0; 4]);
    archive.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    archive.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
    archive.extend([0; 2]);
    Ok(archive)
}

/// A file as it stands in an archive.
struct About {
    /// What the header before the file and the directory at the end say alike.
    fields: Vec<u8>,
    deflated: Vec<u8>,
}

fn about(entry: &Entry<'_>) -> io::Result<About> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(entry.bytes)?;
    let deflated = encoder.finish()?;
    let mut crc = Crc::new();
    crc.update(entry.bytes);
    let mut fields = Vec::new();
    for field in [VERSION, FLAGS, DEFLATED, 0, DATE] {
        fields.extend(field.to_le_bytes());
    }
    for field in [crc.sum(), size(deflated.len())?, size(entry.bytes.len())?] {
        fields.extend(field.to_le_bytes());
    }
    let name = u16::try_from(entry.path.len()).map_err(io::Error::other)?;
    fields.extend(name.to_le_bytes());
    // No extra field.
    fields.extend([0; 2]);
    Ok(About { fields, deflated })
}

fn size(length: usize) -> io::Result<u32> {
    u32::try_from(length).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::{Entry, pack};

    #[test]
    fn an_archive_has_the_files_and_a_directory_of_them() {
        let entries = [
            Entry { path: "a/b.sh".to_owned(), bytes: b"x\n", is_executable: true },
            Entry { path: "c".to_owned(), bytes: b"", is_executable: false },
        ];
        let archive = pack(&entries).unwrap();
        assert_eq!(archive, pack(&entries).unwrap());
        assert_eq!(&archive[..4], b"PK\x03\x04");
        // The last 22 bytes say how many files there are, and where the directory stands.
        let end = &archive[archive.len() - 22..];
        assert_eq!((&end[..4], &end[8..12]), (&b"PK\x05\x06"[..], &[2, 0, 2, 0][..]));
        let start = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
        assert_eq!(&archive[start..start + 4], b"PK\x01\x02");
    }
}
