//! `seen.txt` and `seen-json.txt`: questions and what each reader answered, grouped by answer so that a person can read it.

use std::collections::BTreeMap;
use std::fmt;

use protoskew_wire::Runtime;

/// All that was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The comment that the file opens with.
    pub(crate) opening: String,
    /// The release of each program.
    pub(crate) versions: BTreeMap<String, String>,
    /// How many messages may nest in each other, or `unlimited`.
    pub(crate) depths: BTreeMap<String, String>,
    pub(crate) questions: Vec<Question>,
}

/// Bytes, read as one message.
#[derive(Debug, Default)]
pub(crate) struct Question {
    pub(crate) title: String,
    /// Full name, from `xtask/runtimes/questions`.
    pub(crate) message: String,
    /// In hexadecimal digits, or `-` for none; of a question in JSON the text.
    pub(crate) bytes: String,
    /// By reader: `refused`, or what is held and what becomes of it when it is written again.
    pub(crate) answers: BTreeMap<String, String>,
}

/// Messages that some generators cannot make code for.
pub(crate) fn cannot_be_asked(runtime: Runtime, message: &str) -> bool {
    match runtime {
        Runtime::Gogo => message.starts_with("qe.") || message.starts_with("qg."),
        Runtime::Vtproto => message.starts_with("qg."),
        _ => false,
    }
}

impl Seen {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut seen = Self::default();
        let mut lines = text.lines().enumerate();
        while let Some((at, line)) = lines.next() {
            let broken = || format!("line {}: {line:?}", at + 1);
            if line.is_empty() {
                continue;
            }
            if line.starts_with("//") {
                if !seen.opening.is_empty() {
                    seen.opening.push('\n');
                }
                seen.opening.push_str(line);
                continue;
            }
            if let Some(title) = line.strip_prefix("# ") {
                let asked = lines.next().map(|(_, line)| line).unwrap_or_default();
                let (message, bytes) = asked.split_once(' ').ok_or_else(broken)?;
                seen.questions.push(Question {
                    title: title.to_owned(),
                    message: message.to_owned(),
                    bytes: bytes.to_owned(),
                    answers: BTreeMap::new(),
                });
            } else if let Some(words) = line.strip_prefix("! ") {
                let words: Vec<&str> = words.split_whitespace().collect();
                match words.as_slice() {
                    [name, version] => {
                        seen.versions.insert((*name).into(), (*version).into());
                    }
                    [name, version, "reads", depth, "deep"] => {
                        seen.versions.insert((*name).into(), (*version).into());
                        seen.depths.insert((*name).into(), (*depth).into());
                    }
                    _ => return Err(broken()),
                }
            } else {
                let (answer, readers) = line.trim().rsplit_once(" : ").ok_or_else(broken)?;
                let question = seen.questions.last_mut().ok_or_else(broken)?;
                for reader in readers.split_whitespace() {
                    let answer = answer.trim_end().to_owned();
                    question.answers.insert(reader.to_owned(), answer);
                }
            }
        }
        Ok(seen)
    }

    pub(crate) fn question(&self, title: &str) -> &Question {
        let found = self.questions.iter().find(|it| it.title == title);
        found.unwrap_or_else(|| panic!("no question is called {title:?}"))
    }

    /// What a parser of JSON holds, or `refused`; `None` where there is no such parser.
    pub(crate) fn parsed(&self, title: &str, reader: &str) -> Option<&str> {
        let answer = self.question(title).answers.get(reader)?;
        Some(answer.as_str())
    }

    /// What a runtime made of a question's bytes; `None` where it could not be asked.
    pub(crate) fn answer(&self, title: &str, runtime: Runtime) -> Option<Answer<'_>> {
        let question = self.question(title);
        let text = question.answers.get(runtime.word())?;
        Some(match text.as_str() {
            "refused" => Answer::Refused,
            text => match text.rsplit_once(' ') {
                Some((held, "=")) => Answer::Read(held, Again::Same),
                Some((held, "!")) => Answer::Read(held, Again::Refused),
                Some((held, bytes)) => Answer::Read(held, Again::Other(bytes)),
                None => panic!("{title}: {text}"),
            },
        })
    }
}

/// One answer, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer<'a> {
    Refused,
    Read(&'a str, Again<'a>),
}

/// What is written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again<'a> {
    /// The fields that came, in whatever order.
    Same,
    /// Others.
    Other(&'a str),
    /// Nothing: it cannot be written.
    Refused,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.opening)?;
        for (name, version) in &self.versions {
            match self.depths.get(name) {
                Some(depth) => writeln!(f, "! {name} {version} reads {depth} deep")?,
                None => writeln!(f, "! {name} {version}")?,
            }
        }
        for question in &self.questions {
            writeln!(
                f,
                "\n# {}\n{} {}",
                question.title, question.message, question.bytes
            )?;
            let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (reader, answer) in &question.answers {
                groups.entry(answer).or_default().push(reader);
            }
            for (answer, readers) in groups {
                writeln!(f, "  {answer} : {}", readers.join(" "))?;
            }
        }
        Ok(())
    }
}
