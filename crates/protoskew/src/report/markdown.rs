//! Markdown for a forge: a comment on a pull request that finds itself again by its first line, or a job's summary.

use std::fmt::Write as _;
use std::io;

use protoskew_schema::Places;

use super::chosen::{self, Chosen};
use super::cluster::{Cluster, clusters};
use super::lines::Files;
use super::screen::printable;
use super::summary::{self, Mood};
use super::words::{count, level_word};
use super::{details, places};
use crate::finding::Site;
use crate::verdict::{Level, Verdict};

/// The first line of every comment: whoever updates it looks for a comment that begins with this.
pub const MARKER: &str = "<!-- protoskew -->";

/// How long a comment may be on GitHub, which counts characters; we count bytes, of which there are never fewer.
pub const LONGEST_COMMENT: usize = 65_536;

/// How much one step may add to a job's summary on GitHub: 1 MiB.
pub const LONGEST_SUMMARY: usize = 1 << 20;

/// What to show, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Every finding, also where a rule has many.
    pub all: bool,
    /// Also what was true at the baseline already.
    pub known: bool,
    /// How many bytes at the most; what does not fit is counted.
    pub limit: usize,
}

/// Writes the answer, what denies, then the rest folded away.
pub fn write(out: &mut dyn io::Write, verdict: &Verdict, options: Options) -> io::Result<()> {
    let wanted = chosen::shown(verdict, options.known).collect();
    let chosen = chosen::choose(wanted, options.all);
    let head = head(verdict);
    let foot = foot(verdict, &chosen, options);
    let room = options.limit.saturating_sub(head.len() + foot.len());
    let body = body(verdict, &chosen, room);
    out.write_all(head.as_bytes())?;
    out.write_all(body.as_bytes())?;
    out.write_all(foot.as_bytes())
}

/// The marker, and the answer as a heading.
fn head(verdict: &Verdict) -> String {
    let answer = summary::answer(verdict);
    let sign = match answer.mood {
        Mood::Good => "✅",
        Mood::Doubtful => "⚠️",
        Mood::Bad => "❌",
    };
    let subject = prose(&printable(&verdict.subject));
    let (verb, why) = (answer.verb, answer.why);
    format!("{MARKER}\n### {sign} protoskew: {subject} {verb}\n\n{why}\n")
}

/// What belongs to the answer; of endless notes as many as fit into a quarter of the whole.
fn foot(verdict: &Verdict, chosen: &Chosen<'_>, options: Options) -> String {
    let mut text = "\n---\n\n".to_owned();
    let rows = summary::rows(verdict, chosen, options.known);
    let count_of_rows = rows.len();
    for (at, (key, row)) in rows.into_iter().enumerate() {
        let line = format!("- **{key}** {}\n", prose(&printable(&row)));
        if text.len() + line.len() > options.limit / 4 {
            let left = count(count_of_rows - at, "more line");
            let _ = writeln!(text, "- {left} in `protoskew check`");
            break;
        }
        text.push_str(&line);
    }
    text
}

/// Findings, as many as there is room for.
fn body(verdict: &Verdict, chosen: &Chosen<'_>, room: usize) -> String {
    /// For the ends of what is open, and for saying what did not fit.
    const RESERVE: usize = 200;
    let room = room.saturating_sub(RESERVE);
    let mut files = Files::default();
    let mut text = String::new();
    let clusters = clusters(&chosen.shown, &mut files);
    let mut left_out = 0;
    for level in [Level::Deny, Level::Warn, Level::Note] {
        let of_level = clusters.iter().filter(|cluster| cluster.level() == level);
        let of_level: Vec<&Cluster<'_>> = of_level.collect();
        let findings: usize = of_level.iter().map(|each| each.findings.len()).sum();
        let mut folded = false;
        for cluster in of_level {
            let mut piece = String::new();
            if level != Level::Deny && !folded {
                let what = count(
                    findings,
                    if level == Level::Warn {
                        "warning"
                    } else {
                        "note"
                    },
                );
                let _ = write!(piece, "\n<details><summary>{what}</summary>\n");
            }
            piece.push_str(&of_cluster(verdict, cluster, chosen, &mut files));
            if text.len() + piece.len() > room {
                left_out += cluster.findings.len();
                continue;
            }
            folded |= level != Level::Deny;
            text.push_str(&piece);
        }
        if folded {
            text.push_str("\n</details>\n");
        }
    }
    if left_out > 0 {
        let _ = write!(
            text,
            "\n**{} did not fit in here**: `protoskew check --all` shows everything.\n",
            count(left_out, "more finding")
        );
    }
    text
}

fn of_cluster(
    verdict: &Verdict,
    cluster: &Cluster<'_>,
    chosen: &Chosen<'_>,
    files: &mut Files,
) -> String {
    let mut text = String::new();
    for judged in &cluster.findings {
        let (word, rule) = (level_word(judged.level), judged.finding.rule);
        let known = if judged.known { " (known)" } else { "" };
        let fact = prose(&printable(&judged.finding.fact));
        let page = places::page(rule);
        let _ = write!(text, "\n**{word}** [`{rule}`]({page}): {fact}{known}\n");
    }
    let sites = |of: fn(&crate::finding::Finding) -> Option<&Site>| {
        cluster
            .findings
            .iter()
            .find_map(|judged| of(&judged.finding))
    };
    let old = sites(|finding| finding.old.as_ref());
    let new = sites(|finding| finding.new.as_ref());
    let mut code = String::new();
    for (when, site) in [("before", old), ("now", new)] {
        if let Some(site) = site {
            code.push_str(&frame(verdict, when, site, files));
        }
    }
    if !code.is_empty() {
        let fence = fence(&code);
        let _ = write!(text, "\n{fence}proto\n{code}{fence}\n");
    }
    let mut told: Vec<(String, String)> = Vec::new();
    for judged in &cluster.findings {
        for detail in details::all(judged) {
            if !told.contains(&detail) {
                told.push(detail);
            }
        }
    }
    text.push('\n');
    for (label, detail) in told {
        let _ = writeln!(text, "- **{label}** {}", prose(&detail));
    }
    for judged in &cluster.findings {
        let _ = writeln!(text, "- id {}", code_span(&printable(&judged.finding.id())));
    }
    for rule in cluster.rules() {
        if let Some(hidden) = chosen.hidden_behind(cluster.last_of(rule)) {
            let _ = write!(text, "\n… and {hidden} more {rule} (`--all` shows them)\n");
        }
    }
    text
}

/// One side's line under a comment that says where it stands.
fn frame(verdict: &Verdict, when: &str, site: &Site, files: &mut Files) -> String {
    let place = files.place(site);
    let line = place.map_or(String::new(), |place| format!(":{}", place.line));
    let path = if when == "now" {
        places::path(verdict, site)
    } else {
        site.path.to_string()
    };
    let path = printable(&path);
    let mut text = format!("// {when}: {path}{line} ({})\n", places::before(site));
    if site.places == Places::Text && place.is_some() {
        let excerpt = files.lines(&site.text).excerpt(&[site.span]);
        let _ = writeln!(text, "{}", excerpt.text.trim_end());
    }
    text
}

/// A fence that nothing in the code ends.
fn fence(code: &str) -> String {
    "`".repeat(longest_run(code).max(2) + 1)
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`');
    runs.map(str::len).max().unwrap_or_default()
}

/// A text that shows itself: what is between backticks stays code, all else that Markdown would read is escaped.
pub(super) fn prose(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    // an odd number of backticks encloses nothing
    let encloses = !pieces.len().is_multiple_of(2);
    let mut out = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        if encloses && !at.is_multiple_of(2) {
            out.push_str(&code_span(piece));
            continue;
        }
        if !encloses && at > 0 {
            out.push_str("\\`");
        }
        for c in piece.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                // nobody is called by a comment of ours
                '@' => out.push_str("@\u{200b}"),
                '\\' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '$' => {
                    out.push('\\');
                    out.push(c);
                }
                _ => out.push(c),
            }
        }
    }
    out
}

/// A text as inline code, whatever it holds.
fn code_span(text: &str) -> String {
    if text.is_empty() {
        return "\\`\\`".to_owned();
    }
    let ticks = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;

    use super::super::sample::{judged, storage, verdict, weird};
    use super::*;

    const COMMENT: Options = Options {
        all: false,
        known: false,
        limit: LONGEST_COMMENT,
    };

    fn shown(verdict: &Verdict, options: Options) -> String {
        let mut out = Vec::new();
        write(&mut out, verdict, options).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn something_of_everything() {
        expect_file!["tests/storage.md"].assert_eq(&shown(&storage(), COMMENT));
        expect_file!["tests/weird.md"].assert_eq(&shown(&weird(), COMMENT));
    }

    #[test]
    fn it_begins_with_its_marker_whatever_it_says() {
        for each in [verdict(Vec::new()), storage(), weird()] {
            let text = shown(&each, COMMENT);
            assert_eq!(text.lines().next(), Some(MARKER));
            assert_eq!(text.matches("<!--").count(), 1, "{text}");
        }
        let clean = shown(&verdict(Vec::new()), COMMENT);
        assert!(clean.contains(
            "### ✅ protoskew: worktree (1.4, after 1.3.2) may ship\n\nnothing breaks\n"
        ));
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let many = |count: usize| {
            let each = |at: usize| {
                let level = if at.is_multiple_of(3) {
                    Level::Deny
                } else {
                    Level::Warn
                };
                judged(
                    level,
                    "field-renamed",
                    &format!("a.M.f{at}"),
                    &"x".repeat(700),
                )
            };
            verdict((0..count).map(each).collect())
        };
        let options = Options {
            all: true,
            ..COMMENT
        };
        let text = shown(&many(400), options);
        assert!(text.len() <= LONGEST_COMMENT, "{}", text.len());
        assert!(
            text.len() > LONGEST_COMMENT * 3 / 4,
            "room is used: {}",
            text.len()
        );
        let shown_facts = text.matches(&"x".repeat(700)).count();
        let left = format!(
            "**{} more findings did not fit in here**",
            400 - shown_facts
        );
        assert!(text.contains(&left), "{left}");
        assert!(text.contains("must not ship\n\n134 errors and 266 warnings\n"));
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count()
        );
        assert!(!shown(&many(10), options).contains("did not fit"));
        // notes without end leave room too
        let mut noted = many(400);
        noted.notes = vec!["y".repeat(900); 400];
        let text = shown(&noted, options);
        assert!(text.len() <= LONGEST_COMMENT && text.contains("more lines in `protoskew check`"));
    }

    #[test]
    fn no_text_is_read_as_markdown() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(prose(text), expected);
        }
        check("`a.B` is gone", "`a.B` is gone");
        check(
            "a_b *c* <!-- x --> @all",
            "a\\_b \\*c\\* &lt;\\!-- x --&gt; @\u{200b}all",
        );
        check("one ` alone", "one \\` alone");
        check("`` is empty", "\\`\\` is empty");
        check("[x](y) | $z$", "\\[x\\](y) \\| \\$z\\$");
        assert_eq!(code_span("a`b"), "``a`b``");
        assert_eq!(code_span("`b"), "`` `b ``");
        assert_eq!(fence("a ```` b"), "`````");
    }
}
