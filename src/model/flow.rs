//! Reads the messages of a flow: `from -> to: text`, or `from --> to: text` for an answer.

/// One message of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The index of the sender among the participants.
    pub from: usize,
    /// The index of the receiver.
    pub to: usize,
    /// What is said.
    pub text: String,
    /// Whether it answers an earlier message; drawn dashed.
    pub is_answer: bool,
}

/// Reads one message. An error says what is wrong with it.
pub fn parse(message: &str, participants: &[String]) -> Result<Message, String> {
    let (route, text) =
        message.split_once(": ").ok_or("a message is written `from -> to: text`".to_owned())?;
    let (from, to, is_answer) = match (route.split_once(" --> "), route.split_once(" -> ")) {
        (Some((from, to)), _) => (from, to, true),
        (None, Some((from, to))) => (from, to, false),
        (None, None) => return Err("a message is written `from -> to: text`".to_owned()),
    };
    let index = |name: &str| {
        let found = participants.iter().position(|participant| participant == name.trim());
        found.ok_or_else(|| format!("`{}` is not among the participants", name.trim()))
    };
    Ok(Message { from: index(from)?, to: index(to)?, text: text.trim().to_owned(), is_answer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_message_and_an_answer() {
        let participants = ["client".to_owned(), "MCP server".to_owned()];
        let message = parse("client -> MCP server: POST: tools/list", &participants);
        let expected =
            Message { from: 0, to: 1, text: "POST: tools/list".to_owned(), is_answer: false };
        assert_eq!(message, Ok(expected));
        assert!(parse("MCP server --> client: 401", &participants).is_ok_and(|m| m.is_answer));
    }

    #[test]
    fn says_who_is_unknown() {
        let message = parse("cleint -> x: y", &["client".to_owned()]);
        assert_eq!(message, Err("`cleint` is not among the participants".to_owned()));
    }
}
