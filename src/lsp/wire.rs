//! Messages on the wire: a header, an empty line, JSON.
//!
//! The reader of `lsp-server` ends with the first message that is no JSON. This one says so and
//! goes on with the next header.

use std::io::{self, BufRead, Read as _};

use lsp_server::Message;

/// The most that one message may hold, in bytes.
const LARGEST_MESSAGE: u64 = 128 << 20;

/// The most that is read of a line that should be a header.
const LONGEST_HEADER: u64 = 8 << 10;

/// What came in.
pub(super) enum Incoming {
    /// A message of JSON-RPC.
    Message(Message),
    /// Something else, and why it is none.
    Malformed(String),
}

/// Reads the next message; nothing at the end of the input.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_header(input)? else { return Ok(None) };
    if length > LARGEST_MESSAGE {
        io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        let reason = format!("a message of {length} bytes; {LARGEST_MESSAGE} are read at most");
        return Ok(Some(Incoming::Malformed(reason)));
    }
    let mut bytes = Vec::new();
    input.by_ref().take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(match serde_json::from_slice(&bytes) {
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Malformed(error.to_string()),
    }))
}

/// Reads up to the empty line, and gives the length. Lines that are no header are passed over.
fn read_header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        if line.trim().is_empty() {
            if length.is_some() {
                return Ok(length);
            }
            continue;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_does_not_end_the_session() {
        let good = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let text = format!(
            "garbage\r\n\r\nContent-Length: 3\r\n\r\n{{]}}Content-Length: {}\r\n\r\n{good}Content-",
            good.len()
        );
        let mut input = text.as_bytes();
        assert!(matches!(read(&mut input), Ok(Some(Incoming::Malformed(_)))));
        assert!(matches!(read(&mut input), Ok(Some(Incoming::Message(_)))));
        assert!(matches!(read(&mut input), Ok(None)));
    }
}
