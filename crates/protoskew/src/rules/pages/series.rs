//! Blocks of a page as the releases of a series, the last of which is judged: what rules say of the lives of features.

use std::sync::Arc;

use protoskew_compare::{Comparer, Indexed};

use super::engine::{Answer, Source, errors, found, schema};
use crate::config;
use crate::finding::Origin;
use crate::life::{Judged, Known, Renames, Seen, declared, judge};
use crate::policy;
use crate::releases::tag::Version;
use crate::rules::{Side, life};

/// What the rules report of the last release's features, under a configuration.
pub(super) fn live(configuration: &str, releases: &[(&str, Vec<Source>)]) -> Answer {
    let mut answer = Answer::default();
    let config = match config::read(configuration) {
        Ok(config) => config,
        Err(errors) => {
            answer.errors[0].extend(errors.iter().map(ToString::to_string));
            return answer;
        }
    };
    let mut series: Vec<Known> = Vec::new();
    for (at, (name, sources)) in releases.iter().enumerate() {
        let Some(version) = Version::typed(name) else {
            answer.errors[0].push(format!("`{name}` is no release"));
            continue;
        };
        series.push(Known {
            name: (*name).into(),
            number: version.into(),
            indexed: Arc::new(Indexed::new(Arc::new(schema(sources)))),
            origin: Arc::new(Origin {
                label: (*name).into(),
                commit: None,
                date: None,
            }),
            current: at + 1 == releases.len(),
        });
    }
    for known in &series {
        let side = Side {
            indexed: &known.indexed,
            origin: &known.origin,
        };
        answer.errors[0].extend(errors(side));
    }
    let Some(last) = series.last() else {
        return answer;
    };
    let features = match declared::features(&config.features, &last.indexed) {
        Ok(features) => features,
        Err(wrong) => {
            answer.errors[1].extend(wrong);
            return answer;
        }
    };
    let links = policy::links(&config);
    let renames = Arc::new(Renames::new(&config.renames));
    let seen: Vec<Seen> = links
        .iter()
        .map(|link| Seen::new(link, [series.clone(), series.clone()], &renames))
        .collect();
    let before = series.iter().rev().nth(1);
    let comparer = Comparer::new(Vec::new());
    let since = before.map(|before| comparer.compare(&before.indexed, &last.indexed));
    let judged = Judged {
        indexed: &last.indexed,
        origin: &last.origin,
        renames: &renames,
        since: since.as_deref(),
        require_features: config.requires_features(),
    };
    let lived = judge(&seen, &features, judged);
    answer.found = life(&lived).iter().map(found).collect();
    answer
}
