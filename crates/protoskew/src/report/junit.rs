//! JUnit's XML: a test case for each finding, and one that passed for each rule without any.

use std::io;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use rustc_hash::FxHashSet;

use super::lines::Files;
use super::screen::printable;
use super::{chosen, details, places, summary};
use crate::rules;
use crate::verdict::{Judged, Level, Verdict};

/// Writes the report: what denies failed, what warns passed and says so, what was known at the baseline or is waived is
/// skipped.
pub fn write(out: &mut dyn io::Write, verdict: &Verdict) -> io::Result<()> {
    let mut suite = TestSuite::new("protoskew check");
    let answer = summary::answer(verdict);
    for (name, value) in [
        ("subject", printable(&verdict.subject)),
        ("against", printable(&verdict.bases)),
        ("baseline", printable(&verdict.baseline)),
        ("answer", format!("{}: {}", answer.verb, answer.why)),
    ] {
        suite.add_property((name, value.as_str()));
    }
    let mut files = Files::default();
    let mut spoke = FxHashSet::default();
    for judged in chosen::shown(verdict, true).chain(chosen::waived(verdict)) {
        spoke.insert(judged.finding.rule);
        suite.add_test_case(of_finding(verdict, judged, &mut files));
    }
    for rule in rules::ALL {
        if !spoke.contains(rule.id) {
            let mut case = TestCase::new(rule.id, TestCaseStatus::success());
            case.set_classname(class(rule.id));
            suite.add_test_case(case);
        }
    }
    for missing in &verdict.incomplete {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status
            .set_type("incomplete")
            .set_message(printable(missing));
        let mut case = TestCase::new("the answer is complete", status);
        case.set_classname("protoskew");
        suite.add_test_case(case);
    }
    let mut report = Report::new("protoskew");
    report.add_test_suite(suite);
    report.serialize(out).map_err(io::Error::other)
}

fn class(rule: &str) -> String {
    format!("protoskew.{rule}")
}

fn of_finding(verdict: &Verdict, judged: &Judged, files: &mut Files) -> TestCase {
    let finding = &judged.finding;
    let fact = printable(&finding.fact);
    let place = finding.new.as_ref().map(|site| {
        let line = files.place(site).map(|place| place.line);
        (printable(&places::path(verdict, site)), line)
    });
    let mut text = String::new();
    if let Some((path, line)) = &place {
        text.push_str(path);
        if let Some(line) = line {
            text.push_str(&format!(":{line}"));
        }
        text.push('\n');
    }
    for (label, told) in details::all(judged) {
        text.push_str(&format!("{label}: {told}\n"));
    }
    text.push_str(&format!("id: {}\n", printable(&finding.id())));
    let mut passed = None;
    let status = match judged.level {
        _ if judged.known => {
            let mut status = TestCaseStatus::skipped();
            status
                .set_type("known")
                .set_message(format!("{fact} (true at the baseline already)"));
            status
        }
        _ if judged.waived.is_some() => {
            let mut status = TestCaseStatus::skipped();
            status
                .set_type("waived")
                .set_message(format!("{fact} (waived)"))
                .set_description(text);
            status
        }
        Level::Deny => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type(finding.rule)
                .set_message(fact)
                .set_description(text);
            status
        }
        level => {
            let word = super::words::level_word(level);
            passed = Some(format!("{word}: {fact}\n{text}"));
            TestCaseStatus::success()
        }
    };
    // what makes it this finding and no other names the case
    let name = format!("{}: {}", finding.element, finding.about);
    let mut case = TestCase::new(printable(&name), status);
    case.set_classname(class(finding.rule));
    if let Some(passed) = passed {
        case.set_system_out(passed);
    }
    // where CI systems look for the place of a test
    if let Some((path, line)) = place {
        case.extra.insert("file".into(), path.into());
        if let Some(line) = line {
            case.extra.insert("line".into(), line.to_string().into());
        }
    }
    case
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;

    use super::super::sample::{judged, storage, verdict, weird};
    use super::*;
    use crate::waivers::Waiver;

    fn shown(verdict: &Verdict) -> String {
        let mut out = Vec::new();
        write(&mut out, verdict).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The report without the rules that found nothing, and without the counts that hold them.
    fn spoken(verdict: &Verdict) -> String {
        let text = shown(verdict);
        let silent = |line: &&str| {
            let id = line.split('"').nth(1).unwrap_or_default();
            line.trim_start().starts_with("<testsuite")
                || line.ends_with("/>") && rules::find(id).is_some()
        };
        let lines: Vec<&str> = text.lines().filter(|line| !silent(line)).collect();
        lines.join("\n")
    }

    #[test]
    fn something_of_everything() {
        expect_file!["tests/storage.junit.xml"].assert_eq(&spoken(&storage()));
        expect_file!["tests/weird.junit.xml"].assert_eq(&spoken(&weird()));
    }

    #[test]
    fn what_denies_fails_and_nothing_else() {
        let report = |verdict: &Verdict| Report::deserialize_from_str(&shown(verdict)).unwrap();
        let storage = report(&storage());
        assert_eq!((storage.failures, storage.errors), (3, 0));
        assert_eq!(storage.test_suites[0].skipped, 1);
        assert_eq!(storage.tests, storage.test_suites[0].test_cases.len());

        let empty = report(&verdict(Vec::new()));
        assert_eq!((empty.tests, empty.failures), (rules::ALL.len(), 0));

        let mut shallow = verdict(Vec::new());
        shallow.incomplete = vec!["this clone is shallow".to_owned()];
        assert_eq!(report(&shallow).errors, 1);
        assert_eq!(report(&weird()).failures, weird().count(Level::Deny));

        let mut waived = judged(Level::Deny, "field-renumbered", "a.M.f", "`a.M.f` moved");
        let waiver = Waiver {
            rule: "field-renumbered",
            element: "a.M.f".into(),
            about: None,
            meetings: Vec::new(),
            reason: "never released".to_owned(),
            approver: None,
            until: None,
            file: "a.proto".into(),
            line: 3,
        };
        waived.waived = Some(Box::new(waiver));
        let text = shown(&verdict(vec![waived]));
        let read = Report::deserialize_from_str(&text).unwrap();
        assert_eq!((read.failures, read.test_suites[0].skipped), (0, 1));
        assert!(
            text.contains("waived: never released (a.proto:3)"),
            "{text}"
        );
    }
}
