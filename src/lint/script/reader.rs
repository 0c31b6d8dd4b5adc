//! Cuts a shell script into commands; `words` cuts the words.

use std::mem;
use std::ops::Range;
use std::rc::Rc;

use super::{Assignment, Command, Redirect, Sink, Word};

/// The longest first, so that the first that fits is right.
static OPERATORS: &[&str] =
    &["&>>", "<<<", "<<-", "&>", "<<", "<&", "<>", ">>", ">&", ">|", "<", ">"];

/// Reads every command of a text. Inner commands come before the one they stand in.
pub(super) fn read(text: &str) -> Vec<Command> {
    let mut reader = Reader {
        text,
        at: 0,
        end: text.len(),
        depth: 0,
        backquotes: 0,
        commands: Vec::new(),
        printing: Vec::new(),
        outside: Vec::new(),
        pending: Vec::new(),
        bodies: Vec::new(),
    };
    reader.commands(None);
    let mut bodies: Vec<Option<Word>> = mem::take(&mut reader.bodies);
    for redirect in reader.commands.iter_mut().flat_map(|command| &mut command.redirects) {
        redirect.body = redirect.here_document.and_then(|index| bodies.get_mut(index)?.take());
    }
    reader.commands
}

/// A place in a text, and what has been read up to it.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// Where reading stops: the end of the text or of a here-document.
    pub(super) end: usize,
    pub(super) depth: usize,
    pub(super) backquotes: usize,
    commands: Vec<Command>,
    /// The commands whose output goes where that of a group around them goes. A command leaves
    /// this list once, so that deep groups take no more time than flat ones.
    printing: Vec<usize>,
    /// The commands that no function is known for yet.
    outside: Vec<usize>,
    /// Here-documents whose bodies start on the next line.
    pending: Vec<HereDocument>,
    bodies: Vec<Option<Word>>,
}

struct HereDocument {
    index: usize,
    delimiter: String,
    is_quoted: bool,
    strips_tabs: bool,
}

/// What is known while the commands of one text, `(…)` or `$(…)` are read.
#[derive(Default)]
struct Frame {
    current: Command,
    groups: Vec<Group>,
    /// A group that has just been closed: redirections now are for all of it.
    closed: Option<Group>,
    function: Option<Rc<str>>,
    is_captured: bool,
}

struct Group {
    closer: &'static str,
    /// The first command of the group.
    start: usize,
    function: Option<Rc<str>>,
}

impl Frame {
    fn is_at_start(&self) -> bool {
        self.current.words.is_empty()
            && self.current.assignments.is_empty()
            && self.closed.is_none()
    }

    fn is_in(&self, closer: &str) -> bool {
        self.groups.last().is_some_and(|group| group.closer == closer)
    }
}

impl Reader<'_> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, distance: usize) -> Option<u8> {
        let at = self.at + distance;
        if at < self.end { self.text.as_bytes().get(at).copied() } else { None }
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.text[self.at..self.end].starts_with(text)
    }

    /// Moves behind the next character, which may have several bytes.
    pub(super) fn skip_character(&mut self) {
        let character = self.text[self.at..self.end].chars().next();
        self.at += character.map_or(0, char::len_utf8);
    }

    /// Reads commands up to a closing `)` or backquote, or to the end.
    pub(super) fn commands(&mut self, closer: Option<u8>) {
        let mut frame = Frame { is_captured: closer.is_some(), ..Frame::default() };
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.peek_at(1) == Some(b'\n') => self.at += 2,
                b'#' => self.skip_line(),
                b'\n' => {
                    self.at += 1;
                    self.finish(&mut frame, false);
                    self.here_documents();
                }
                b'&' if self.peek_at(1) == Some(b'>') => self.redirect(&mut frame, None),
                b';' | b'&' | b'|' => self.operator(&mut frame),
                b'(' => self.open_parenthesis(&mut frame),
                b')' if frame.is_in(")") => self.close(&mut frame, 1),
                b')' if frame.is_in("esac") => self.case_pattern(&mut frame),
                _ if closer == Some(byte) => break,
                b')' => self.at += 1,
                b'<' | b'>' if !self.is_word_at_angle() => self.redirect(&mut frame, None),
                _ => self.word_or_keyword(&mut frame),
            }
        }
        self.finish(&mut frame, false);
        self.at = (self.at + usize::from(closer.is_some())).min(self.end);
    }

    pub(super) fn skip_line(&mut self) {
        while self.peek().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    fn operator(&mut self, frame: &mut Frame) {
        let is_pipe = self.peek() == Some(b'|') && self.peek_at(1) != Some(b'|');
        while matches!(self.peek(), Some(b';' | b'&' | b'|')) {
            self.at += 1;
        }
        self.finish(frame, is_pipe);
    }

    fn open_parenthesis(&mut self, frame: &mut Frame) {
        if self.starts_with("((") && frame.is_at_start() {
            self.skip_parentheses();
            return;
        }
        self.at += 1;
        let is_function = frame.current.words.len() == 1 && self.peek() == Some(b')');
        if is_function {
            self.at += 1;
            let command = mem::take(&mut frame.current);
            frame.function = command.words.into_iter().next().map(|word| word.text.into());
        } else {
            self.open(frame, ")");
        }
    }

    fn open(&mut self, frame: &mut Frame, closer: &'static str) {
        let function = frame.function.take();
        frame.groups.push(Group { closer, start: self.commands.len(), function });
    }

    fn close(&mut self, frame: &mut Frame, length: usize) {
        self.at += length;
        self.finish(frame, false);
        frame.closed = frame.groups.pop();
    }

    /// Ends the pattern of a `case`, which is no command; `case x in` before it is kept.
    fn case_pattern(&mut self, frame: &mut Frame) {
        self.at += 1;
        let is_case = frame.current.words.first().is_some_and(|word| word.text == "case");
        if is_case {
            self.finish(frame, false);
            return;
        }
        frame.current = Command::default();
        // The words before each `|` of a pattern were taken for commands of a pipe.
        while self.commands.last().is_some_and(|last| last.sink == Sink::Pipe) {
            self.commands.pop();
            if self.outside.last() == Some(&self.commands.len()) {
                self.outside.pop();
            }
        }
    }

    fn word_or_keyword(&mut self, frame: &mut Frame) {
        let is_at_start = frame.is_at_start();
        let word = self.word();
        let raw = &self.text[word.range.clone()];
        if raw.is_empty() {
            self.skip_character();
            return;
        }
        if raw.bytes().all(|byte| byte.is_ascii_digit()) && matches!(self.peek(), Some(b'<' | b'>'))
        {
            self.redirect(frame, raw.parse().ok());
            return;
        }
        if !is_at_start {
            frame.current.words.push(word);
            return;
        }
        match raw {
            "if" => self.open(frame, "fi"),
            "while" | "until" => self.open(frame, "done"),
            "{" => self.open(frame, "}"),
            "then" | "do" | "else" | "elif" | "!" | "time" | "$" => {}
            "for" | "select" => {
                self.open(frame, "done");
                frame.current.words.push(word);
            }
            "case" => {
                self.open(frame, "esac");
                frame.current.words.push(word);
            }
            "function" => self.function_keyword(frame),
            "[[" => self.test(frame, word),
            "fi" | "done" | "esac" | "}" if frame.is_in(raw) => self.close(frame, 0),
            _ => match Assignment::split(&word) {
                Some(assignment) => frame.current.assignments.push(assignment),
                None => frame.current.words.push(word),
            },
        }
    }

    fn function_keyword(&mut self, frame: &mut Frame) {
        self.skip_blanks();
        frame.function = Some(self.word().text.into());
        self.skip_blanks();
        if self.starts_with("()") {
            self.at += 2;
        }
    }

    /// Reads `[[ … ]]`, in which `<`, `&&` and `(` are no operators of the shell.
    fn test(&mut self, frame: &mut Frame, first: Word) {
        frame.current.words.push(first);
        while self.peek().is_some() {
            let word = self.word();
            match &self.text[word.range.clone()] {
                "" => self.skip_character(),
                raw => {
                    let is_end = raw == "]]";
                    frame.current.words.push(word);
                    if is_end {
                        return;
                    }
                }
            }
        }
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn finish(&mut self, frame: &mut Frame, is_piped: bool) {
        let mut command = mem::take(&mut frame.current);
        let closed = frame.closed.take();
        command.sink = sink(&command.redirects, is_piped, frame.is_captured);
        if let Some(group) = closed {
            self.pass_on(&group, command.sink);
            if command.redirects.is_empty() && !is_piped {
                return;
            }
            command.range = self.at..self.at;
        }
        let parts = command
            .assignments
            .iter()
            .map(|assignment| &assignment.range)
            .chain(command.words.iter().map(|word| &word.range))
            .chain(command.redirects.iter().map(|redirect| &redirect.target.range));
        let start = parts.clone().map(|range| range.start).min();
        let end = parts.map(|range| range.end).max();
        if let (Some(start), Some(end)) = (start, end) {
            command.range = start..end;
        } else if !is_piped {
            return;
        }
        if command.sink == Sink::Stdout {
            self.printing.push(self.commands.len());
        }
        self.outside.push(self.commands.len());
        self.commands.push(command);
    }

    /// Gives the commands of a group what is known at its end.
    fn pass_on(&mut self, group: &Group, sink: Sink) {
        if sink != Sink::Stdout {
            let first = self.printing.partition_point(|index| *index < group.start);
            for index in self.printing.drain(first..) {
                self.commands[index].sink = sink;
            }
        }
        if group.function.is_some() {
            let first = self.outside.partition_point(|index| *index < group.start);
            for index in self.outside.drain(first..) {
                self.commands[index].function.clone_from(&group.function);
            }
        }
    }

    fn redirect(&mut self, frame: &mut Frame, descriptor: Option<u32>) {
        let found = OPERATORS.iter().find(|operator| self.starts_with(operator));
        let Some(operator) = found else {
            self.skip_character();
            return;
        };
        self.at += operator.len();
        self.skip_blanks();
        let target = self.word();
        let mut here_document = None;
        if matches!(*operator, "<<" | "<<-") {
            let raw = &self.text[target.range.clone()];
            here_document = Some(self.bodies.len());
            self.pending.push(HereDocument {
                index: self.bodies.len(),
                delimiter: target.text.clone(),
                is_quoted: raw.contains(['\'', '"', '\\']),
                strips_tabs: *operator == "<<-",
            });
            self.bodies.push(None);
        }
        let redirect = Redirect { operator, descriptor, target, body: None, here_document };
        frame.current.redirects.push(redirect);
    }

    fn here_documents(&mut self) {
        for document in mem::take(&mut self.pending) {
            let (body, next) = self.find_body(&document);
            let mut word = Word { range: body.clone(), ..Word::default() };
            if document.is_quoted {
                word.text = self.text[body].to_owned();
            } else {
                self.body(body, &mut word);
            }
            self.bodies[document.index] = Some(word);
            self.at = next;
        }
    }

    /// Finds the lines of a here-document, and where the text goes on.
    fn find_body(&self, document: &HereDocument) -> (Range<usize>, usize) {
        let start = self.at;
        let mut line_start = start;
        for line in self.text[start..self.end].split_inclusive('\n') {
            let next = line_start + line.len();
            let line = line.trim_end_matches(['\n', '\r']);
            let line = if document.strips_tabs { line.trim_start_matches('\t') } else { line };
            if line == document.delimiter {
                return (start..line_start, next);
            }
            line_start = next;
        }
        (start..self.end, self.end)
    }

    fn body(&mut self, range: Range<usize>, word: &mut Word) {
        let end = mem::replace(&mut self.end, range.end);
        self.at = range.start;
        while let Some(byte) = self.peek() {
            self.quoted_character(byte, word);
        }
        self.end = end;
    }

    fn is_word_at_angle(&self) -> bool {
        self.peek_at(1) == Some(b'(') || self.placeholder().is_some()
    }
}

fn sink(redirects: &[Redirect], is_piped: bool, is_captured: bool) -> Sink {
    let mut sink = match (is_piped, is_captured) {
        (true, _) => Sink::Pipe,
        (false, true) => Sink::Captured,
        (false, false) => Sink::Stdout,
    };
    for redirect in redirects {
        if !matches!(redirect.descriptor, None | Some(1)) {
            continue;
        }
        match (redirect.operator, redirect.target.text.as_str()) {
            (">&", "1") => {}
            (">&", "2") | (">" | ">>" | "&>", "/dev/stderr" | "/dev/tty") => sink = Sink::Stderr,
            (">" | ">>" | ">|" | ">&" | "&>" | "&>>", _) => sink = Sink::File,
            _ => {}
        }
    }
    sink
}
