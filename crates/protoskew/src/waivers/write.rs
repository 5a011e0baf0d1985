//! Writes a waiver behind those that a file holds, and keeps every byte of it.

use super::{Until, read};
use crate::config::{ConfigError, quoted};
use crate::finding::Finding;
use crate::policy::LinkPolicy;

/// A waiver to write.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// What is waived: this finding, and no other of its rule.
    pub finding: &'a Finding,
    /// The meetings that it holds for; empty: all.
    pub meetings: &'a [String],
    /// Why.
    pub reason: &'a str,
    /// Who approved it.
    pub approver: &'a str,
    /// When it ends.
    pub until: Until,
}

/// The file with one waiver more, and the line where that begins; or what is wrong with the file.
pub fn written(
    file: &[u8],
    waiver: &Written<'_>,
    links: &[LinkPolicy],
) -> Result<(Vec<u8>, usize), Vec<ConfigError>> {
    read(file, links)?;
    let line_end = if file.windows(2).any(|pair| pair == b"\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let mut bytes = file.to_vec();
    if file.is_empty() {
        bytes.extend(HEAD.bytes());
    } else if !file.ends_with(b"\n") {
        bytes.extend(line_end.bytes());
    }
    bytes.extend(line_end.bytes());
    let line = 1 + bytes.iter().filter(|&&byte| byte == b'\n').count();
    bytes.extend(entry(waiver).replace('\n', line_end).bytes());
    // a file that lists its waivers in one value cannot hold a table more
    match read(&bytes, links) {
        Ok(_) => Ok((bytes, line)),
        Err(mut errors) => {
            for error in &mut errors {
                error.help = Some(format!(
                    "write its waivers as `[[waivers]]` tables, or add this one by hand:\n{}",
                    entry(waiver)
                ));
            }
            errors.truncate(1);
            Err(errors)
        }
    }
}

/// What a new file begins with.
const HEAD: &str = "# Reviewed exceptions: each for one rule and one element, with a reason, an approver and an end.\n";

fn entry(waiver: &Written<'_>) -> String {
    let finding = waiver.finding;
    let mut entry = String::from("[[waivers]]\n");
    let mut line = |key: &str, value: String| entry += &format!("{key} = {value}\n");
    line("rule", quoted(finding.rule));
    line("element", quoted(&finding.element));
    line("about", quoted(&finding.about));
    if !waiver.meetings.is_empty() {
        let meetings: Vec<String> = waiver.meetings.iter().map(|each| quoted(each)).collect();
        line("meetings", format!("[{}]", meetings.join(", ")));
    }
    line("reason", quoted(waiver.reason));
    line("approver", quoted(waiver.approver));
    line("until", quoted(&waiver.until.to_string()));
    entry
}
