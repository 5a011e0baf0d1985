//! What must hold of a page, each with a test that shows how it fails.

use super::engine::{Answer, Engine, Found, Source, sources};
use super::page::{Example, Page, Problem};
use super::{script, series};
use crate::rules::{Check, Rule};

/// The sections of a page, in order.
const SECTIONS: [&str; 4] = [
    "Why it breaks",
    "Example",
    "What to do instead",
    "Not reported",
];
/// Letters of prose that these sections have at the least.
const LEAST_PROSE: [(&str, usize); 2] = [("Why it breaks", 150), ("What to do instead", 60)];

/// Everything that is wrong with a rule's page.
pub(super) fn check_page(rule: &Rule, text: &str, engine: Engine) -> Vec<Problem> {
    let mut page = Page::new(text);
    let mut problems = Problems(std::mem::take(&mut page.problems));
    if page.title != rule.id {
        problems.push(1, format!("the title is not `{}`", rule.id));
    }
    let summary = sentence(rule.summary);
    if page.summary.is_empty() || page.summary != summary {
        problems.push(3, format!("the summary is not \"{summary}\""));
    }
    let titles: Vec<&str> = page.sections.iter().map(|section| section.title).collect();
    if titles != SECTIONS {
        problems.push(1, format!("the sections are {titles:?}, not {SECTIONS:?}"));
    }
    for section in &page.sections {
        let least = LEAST_PROSE
            .iter()
            .find(|(title, _)| *title == section.title);
        if least.is_some_and(|(_, letters)| section.prose < *letters) {
            problems.push(
                section.line,
                format!("\"{}\" says too little", section.title),
            );
        }
        let shows = matches!(section.title, "Example" | "Not reported");
        if shows && section.examples.is_empty() {
            problems.push(section.line, format!("\"{}\" shows nothing", section.title));
        }
        for example in &section.examples {
            let fires = section.title == "Example";
            check_example(rule, example, fires, engine, &mut problems);
        }
    }
    problems.0
}

/// The page with every findings block as the rules report now.
pub(super) fn with_fresh_findings(text: &str, engine: Engine) -> String {
    let page = Page::new(text);
    let mut fresh = text.to_owned();
    let examples = page.sections.iter().flat_map(|section| &section.examples);
    for example in examples.collect::<Vec<_>>().into_iter().rev() {
        let answer = answer(example, engine);
        fresh.replace_range(example.findings_at.clone(), &lines(&answer));
    }
    fresh
}

fn answer(example: &Example<'_>, engine: Engine) -> Answer {
    if !example.releases.is_empty() {
        series::live(example.configuration, &releases(example))
    } else if example.commits.is_empty() {
        engine(
            example.configuration,
            &sources(example.before),
            &sources(example.after),
        )
    } else {
        script::remember(&states(example))
    }
}

fn states(example: &Example<'_>) -> Vec<Vec<Source>> {
    example.commits.iter().map(|block| sources(block)).collect()
}

fn releases<'a>(example: &Example<'a>) -> Vec<(&'a str, Vec<Source>)> {
    let of = |&(name, block): &(&'a str, &str)| (name, sources(block));
    example.releases.iter().map(of).collect()
}

/// What must hold of a series of releases, as [`check_example`] asks of two.
fn check_series(rule: &Rule, example: &Example<'_>, fires: bool, problems: &mut Problems) {
    let releases = releases(example);
    let answer = series::live(example.configuration, &releases);
    for error in answer.errors.iter().flatten() {
        problems.push(example.line, error.clone());
    }
    check_answer(rule, example, fires, &answer, problems);
    let moved: Vec<(&str, Vec<Source>)> = (1..)
        .zip(&releases)
        .map(|(lines, (name, state))| (*name, pushed_down(state, lines)))
        .collect();
    if series::live(example.configuration, &moved).found != answer.found {
        problems.push(
            example.line,
            "the findings change where lines are inserted above",
        );
    }
}

/// What must hold of a history, as [`check_example`] asks of two releases.
fn check_history(rule: &Rule, example: &Example<'_>, fires: bool, problems: &mut Problems) {
    let states = states(example);
    let answer = script::remember(&states);
    for error in answer.errors.iter().flatten() {
        problems.push(example.line, error.clone());
    }
    check_answer(rule, example, fires, &answer, problems);
    let moved: Vec<Vec<Source>> = (1..)
        .zip(&states)
        .map(|(lines, state)| pushed_down(state, lines))
        .collect();
    if script::remember(&moved).found != answer.found {
        problems.push(
            example.line,
            "the findings change where lines are inserted above",
        );
    }
    if let Some(last) = states.last() {
        let again = [states.clone(), vec![with_another_file(last)]].concat();
        if script::remember(&again).found != answer.found {
            problems.push(
                example.line,
                "the findings change with a commit that changes nothing",
            );
        }
        if !script::remember(std::slice::from_ref(last))
            .found
            .is_empty()
        {
            problems.push(example.line, "the last commit by itself is reported");
        }
    }
}

struct Problems(Vec<Problem>);

impl Problems {
    fn push(&mut self, line: usize, what: impl Into<String>) {
        self.0.push(Problem {
            line,
            what: what.into(),
        });
    }
}

fn check_example(
    rule: &Rule,
    example: &Example<'_>,
    fires: bool,
    engine: Engine,
    problems: &mut Problems,
) {
    if !example.releases.is_empty() {
        check_series(rule, example, fires, problems);
        return;
    }
    if !example.commits.is_empty() {
        check_history(rule, example, fires, problems);
        return;
    }
    let (before, after) = (sources(example.before), sources(example.after));
    let engine = |before: &[Source], after: &[Source]| engine(example.configuration, before, after);
    let answer = engine(&before, &after);
    // a file that cannot be read is what a rule about such files shows, on the newer side
    let may_be_wrong = fires && matches!(rule.check, Check::Diagnostics);
    let asks_of_people = matches!(rule.check, Check::Review(_));
    let [old_errors, new_errors] = &answer.errors;
    for error in old_errors {
        problems.push(example.line, format!("before: {error}"));
    }
    for error in new_errors.iter().filter(|_| !may_be_wrong) {
        problems.push(example.line, format!("after: {error}"));
    }
    check_answer(rule, example, fires, &answer, problems);
    let moved = engine(&pushed_down(&before, 1), &pushed_down(&after, 3));
    if moved.found != answer.found {
        problems.push(
            example.line,
            "the findings change where lines are inserted above",
        );
    }
    for (side, label) in [(&before, "before"), (&after, "after")] {
        let unchanged = engine(side, &with_another_file(side));
        let reported: Vec<&Found> = unchanged
            .found
            .iter()
            .filter(|_| !may_be_wrong || label == "before")
            // another file is a change too, of which nobody wrote anything
            .filter(|found| !(asks_of_people && found.rule == rule.id))
            .collect();
        if !reported.is_empty() {
            let what = format!("`{label}` compared with itself gives {reported:?}");
            problems.push(example.line, what);
        }
    }
}

/// That the rule fires or not, as the page says, and that ids differ.
fn check_answer(
    rule: &Rule,
    example: &Example<'_>,
    fires: bool,
    answer: &Answer,
    problems: &mut Problems,
) {
    if answer.found.iter().any(|found| found.rule == rule.id) != fires {
        let not = if fires { "does not fire" } else { "fires" };
        problems.push(example.line, format!("`{}` {not} here", rule.id));
    }
    if lines(answer) != example.findings {
        let what = format!("the findings are out of date; they are:\n{}", lines(answer));
        problems.push(example.line, what);
    }
    let mut ids: Vec<&str> = answer.found.iter().map(|found| found.id.as_str()).collect();
    ids.sort_unstable();
    for pair in ids.windows(2).filter(|pair| pair[0] == pair[1]) {
        problems.push(
            example.line,
            format!("two findings have the id {}", pair[0]),
        );
    }
}

fn lines(answer: &Answer) -> String {
    let lines = answer.found.iter().map(|found| format!("{}\n", found.line));
    lines.collect()
}

fn sentence(fact: &str) -> String {
    let mut letters = fact.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

/// The same files, each some lines further down.
fn pushed_down(sources: &[Source], lines: usize) -> Vec<Source> {
    sources
        .iter()
        .map(|source| Source {
            path: source.path.clone(),
            text: if source.path.ends_with(".proto") {
                format!("{}{}", "// a comment\n\n".repeat(lines), source.text)
            } else {
                source.text.clone()
            },
        })
        .collect()
}

/// The same files and one more, so that the two sides are not equal at first sight and are really compared.
fn with_another_file(sources: &[Source]) -> Vec<Source> {
    let mut sources = sources.to_vec();
    sources.push(Source {
        path: "zzz_another.proto".to_owned(),
        text: "syntax = \"proto3\"; package zzz.another; message Unrelated {}\n".to_owned(),
    });
    sources
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::find;
    use crate::rules::pages::engine::compare;

    const GOOD: &str = r#"# message-removed

A message is gone.

## Why it breaks

Programs that are built against the file name the generated type, and the next build of such a program fails, because
the type that it names does not exist any more. On the wire nothing happens: messages carry no names.

## Example

```proto before
syntax = "proto3";
message Kept {}
message Gone {}
```

```proto after
syntax = "proto3";
message Kept {}
```

```findings
message-removed  Gone  no outcome — message `Gone` is gone
```

## What to do instead

Mark the message as deprecated, and remove it when nobody builds against it any more.

## Not reported

```proto before
syntax = "proto3";
message Kept {}
```

```proto after
syntax = "proto3";
message Kept {}
message Fresh {}
```

```findings
```
"#;

    /// The page is good but for what `wrong` says.
    #[track_caller]
    fn check(page: &str, wrong: &str) {
        check_with(page, compare, wrong);
    }

    #[track_caller]
    fn check_with(page: &str, engine: Engine, wrong: &str) {
        let rule = find("message-removed").expect("a rule");
        let problems = check_page(rule, page, engine);
        let said = problems.iter().any(|problem| problem.what.contains(wrong));
        assert!(said, "{wrong:?} is not among {problems:#?}");
    }

    fn without(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "{from:?} is in the page");
        GOOD.replacen(from, to, 1)
    }

    #[test]
    fn a_good_page() {
        let rule = find("message-removed").expect("a rule");
        assert_eq!(check_page(rule, GOOD, compare), []);
        assert_eq!(with_fresh_findings(GOOD, compare), GOOD);
    }

    #[test]
    fn its_words() {
        check("", "the title is not");
        check(
            &without("# message-removed", "# message-gone"),
            "the title is not",
        );
        check(
            &without("A message is gone.", "A message went."),
            "the summary is not",
        );
        check(&without("## Not reported", "## Silent"), "the sections are");
        check(
            &without(
                "Mark the message as deprecated, and remove it when nobody builds against it any more.",
                "Wait.",
            ),
            "\"What to do instead\" says too little",
        );
        check(
            &without("## Why it breaks\n", "More.\n\n## Why it breaks\n"),
            "text between",
        );
    }

    #[test]
    fn its_blocks() {
        check(
            &without("```proto before", "```proto"),
            "a block `proto` where `proto before` is due",
        );
        check(
            &without("```findings\nmessage", "```text\nmessage"),
            "a block `text` where `findings` is due",
        );
        check(
            GOOD.trim_end().trim_end_matches('`'),
            "the block `findings` has no end",
        );
        let (shown, _) = GOOD.rsplit_once("## Not").expect("the last section");
        check(
            &format!("{shown}## Not reported\n"),
            "\"Not reported\" shows nothing",
        );
        let (half, _) = GOOD.rsplit_once("```findings").expect("a last block");
        check(half, "`findings` is due at the end");
    }

    #[test]
    fn what_its_rule_does() {
        check(
            &without("message Gone {}\n", "message {\n"),
            "before: api.proto",
        );
        check(
            &without("message Gone {}\n", ""),
            "`message-removed` does not fire here",
        );
        check(
            &without("message Kept {}\nmessage Fresh", "message Fresh"),
            "`message-removed` fires here",
        );
        check(
            &without("`Gone` is gone", "`Gone` went"),
            "the findings are out of date",
        );
        let stale = without(
            "message-removed  Gone  no outcome — message `Gone` is gone\n",
            "",
        );
        assert_eq!(with_fresh_findings(&stale, compare), GOOD);
    }

    #[test]
    fn what_an_engine_may_do_wrong() {
        /// Reports the first line of each side's first file, always.
        fn hasty(_: &str, _: &[Source], after: &[Source]) -> Answer {
            let line = after[0].text.lines().next().unwrap_or_default().to_owned();
            let found = Found {
                rule: "message-removed",
                id: "one id for all".to_owned(),
                line,
            };
            Answer {
                found: vec![found.clone(), found],
                ..Answer::default()
            }
        }
        check_with(GOOD, hasty, "two findings have the id");
        check_with(
            GOOD,
            hasty,
            "the findings change where lines are inserted above",
        );
        check_with(GOOD, hasty, "`after` compared with itself gives");
    }
}
