//! How loud a rule is in one place: what the configuration says of all, of paths, of packages and of links.

use globset::GlobSet;
use protoskew_schema::package;

use crate::config::{Config, Preset, RulesFor};
use crate::rules::{DefaultLevel, Lens, Rule};
use crate::source::owners::globs;
use crate::verdict::Level;

/// The levels of a configuration, ready to be asked.
#[derive(Debug)]
pub(super) struct Levels<'a> {
    config: &'a Config,
    exceptions: Vec<Exception<'a>>,
}

#[derive(Debug)]
struct Exception<'a> {
    says: &'a RulesFor,
    paths: GlobSet,
    packages: GlobSet,
}

/// Where a finding stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Whereabouts<'p> {
    /// The file.
    pub(super) path: &'p str,
    /// Its package.
    pub(super) package: &'p str,
    /// The link in which it is felt, where it is.
    pub(super) link: Option<&'p str>,
}

impl<'a> Levels<'a> {
    pub(super) fn new(config: &'a Config) -> Self {
        // a configuration with a pattern that is none was refused when it was read
        let set = |patterns: &[String]| globs(patterns).unwrap_or_default();
        let exceptions = config.exceptions.iter().map(|says| {
            let packages: Vec<String> = says.packages.iter().map(|each| as_path(each)).collect();
            Exception {
                says,
                paths: set(&says.paths),
                packages: set(&packages),
            }
        });
        Self {
            config,
            exceptions: exceptions.collect(),
        }
    }

    fn exceptions(&self, at: Whereabouts<'_>) -> impl Iterator<Item = &'a RulesFor> {
        let package = as_path(at.package);
        let holds = move |exception: &&Exception<'a>| {
            let says = exception.says;
            (says.paths.is_empty() || exception.paths.is_match(at.path))
                && (says.packages.is_empty() || exception.packages.is_match(&package))
                && (says.links.is_empty()
                    || at
                        .link
                        .is_some_and(|link| says.links.iter().any(|each| each == link)))
        };
        self.exceptions.iter().filter(holds).map(|each| each.says)
    }

    /// The preset that holds there.
    pub(super) fn preset(&self, at: Whereabouts<'_>) -> Preset {
        let said = self.exceptions(at).filter_map(|each| each.preset).last();
        said.unwrap_or(self.config.preset)
    }

    /// How loud a rule is there, that would be of this level by itself.
    ///
    /// The configuration speaks in layers: first `[rules]`, then each `[[rules.for]]` that holds, in order. In each a level for the rule
    /// itself wins over a preset, and a later layer over an earlier one: its preset begins anew.
    pub(super) fn of(&self, rule: &Rule, level: Level, at: Whereabouts<'_>) -> Level {
        let mut preset = self.config.preset;
        let mut unstable = self.config.unstable;
        let mut named = self.config.levels.get(rule.id).copied();
        for layer in self.exceptions(at) {
            if let Some(other) = layer.preset {
                preset = other;
                named = None;
            }
            unstable = layer.unstable.unwrap_or(unstable);
            named = layer.levels.get(rule.id).copied().or(named);
        }
        if let Some(level) = named {
            return level;
        }
        if matches!(rule.level, DefaultLevel::WhereAsked(_)) {
            // whoever asked for it did not mean: unless a preset is chosen
            return level;
        }
        let level = match preset {
            Preset::Proposal => level,
            Preset::Wire if rule.lens == Lens::Wire && level == Level::Deny => level,
            Preset::Wire => Level::Off,
            Preset::Advice => level.min(Level::Warn),
        };
        if package::is_unstable(at.package) {
            level.min(unstable)
        } else {
            level
        }
    }
}

/// How loud a rule is in this configuration, where no `[[rules.for]]` says otherwise. The loudest that it can be, as in the table of rules;
/// a rule that nobody asked for is off.
pub fn level_here(config: &Config, rule: &Rule) -> Level {
    let asked = match rule.id {
        "change-unanalysed" => config.review.require_analysis,
        "change-unacknowledged" => config.review.require_acks > 0,
        "option-changed" => !config.contract.is_empty(),
        _ => true,
    };
    if !asked && !config.levels.contains_key(rule.id) {
        return Level::Off;
    }
    let level = rule.level.loudest();
    Levels::new(config).of(rule, level, Whereabouts::default())
}

/// How loud a rule is without configuration, likewise.
pub fn level_by_default(rule: &Rule) -> Level {
    level_here(&Config::default(), rule)
}

/// The patterns of `[[rules.for]]` that nothing answers to, in one sentence each; `files`: the path and the package of each file that
/// findings may stand in.
pub fn unmatched<'f>(
    config: &Config,
    files: impl Iterator<Item = (&'f str, &'f str)> + Clone,
) -> Vec<String> {
    let levels = Levels::new(config);
    let mut said = Vec::new();
    for exception in &levels.exceptions {
        let says = exception.says;
        let (line, _) = says.place;
        let place = format!("{}:{line}", crate::config::FILE_NAME);
        let set = |pattern: String| globs(&[pattern]).unwrap_or_default();
        let before = said.len();
        for pattern in &says.paths {
            let matching = set(pattern.clone());
            if !files.clone().any(|(path, _)| matching.is_match(path)) {
                said.push(format!(
                    "{place}: no file here is `{pattern}`: what [[rules.for]] says of it holds for nothing"
                ));
            }
        }
        for pattern in &says.packages {
            let matching = set(as_path(pattern));
            let mut packages = files.clone().map(|(_, package)| as_path(package));
            if !packages.any(|package| matching.is_match(package)) {
                said.push(format!(
                    "{place}: no package here is `{pattern}`: what [[rules.for]] says of it holds for nothing"
                ));
            }
        }
        let both = !says.paths.is_empty() && !says.packages.is_empty();
        let mut files = files.clone();
        if said.len() == before
            && both
            && !files.any(|(path, package)| {
                exception.paths.is_match(path) && exception.packages.is_match(as_path(package))
            })
        {
            said.push(format!(
                "{place}: no file here is in these paths and in these packages: what [[rules.for]] says holds for nothing"
            ));
        }
    }
    said
}

/// A package, or a pattern of packages, as a path: `acme.*.v1` is `acme/*/v1`.
fn as_path(package: &str) -> String {
    package.replace('.', "/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read;
    use crate::rules::find;

    /// What `enum-added` and `field-renamed` are at some places, each `path package [link]`, when they are `deny` and `warn` by themselves.
    #[track_caller]
    fn check(configuration: &str, places: &[(&str, &str)]) {
        let components = "[components.a]\n[components.b]\n[[links]]\nclient = \"a\"\nserver = \"b\"\n[[links]]\nclient = \"b\"\nserver = \"a\"\n";
        let config = match read(&format!("{components}{configuration}")) {
            Ok(config) => config,
            Err(errors) => panic!("{}", errors[0]),
        };
        let levels = Levels::new(&config);
        let enum_added = find("field-number-reused").expect("a rule");
        let renamed = find("field-renamed").expect("a rule");
        for (place, expected) in places {
            let mut words = place.split(' ');
            let at = Whereabouts {
                path: words.next().unwrap_or_default(),
                package: words.next().unwrap_or_default(),
                link: words.next(),
            };
            let said = [
                levels.of(enum_added, Level::Deny, at).word(),
                levels.of(renamed, Level::Warn, at).word(),
            ];
            assert_eq!(said.join(" "), *expected, "{place} under\n{configuration}");
        }
    }

    #[test]
    fn presets_everywhere() {
        check(
            "",
            &[
                ("a.proto p", "deny warn"),
                ("a.proto p.v1alpha1", "warn warn"),
            ],
        );
        check("[rules]\npreset = \"wire\"", &[("a.proto p", "deny off")]);
        check(
            "[rules]\npreset = \"advice\"",
            &[("a.proto p", "warn warn")],
        );
    }

    #[test]
    fn a_named_rule_wins_over_preset_and_unstable() {
        check(
            "[rules]\npreset = \"advice\"\nfield-renamed = \"deny\"",
            &[
                ("a.proto p", "warn deny"),
                ("a.proto p.v1beta1", "warn deny"),
            ],
        );
    }

    #[test]
    fn unstable_packages_by_option() {
        check(
            "[rules]\nunstable = \"off\"",
            &[
                ("a.proto p.v1beta1", "off off"),
                ("a.proto p.v1", "deny warn"),
            ],
        );
        check(
            "[rules]\nunstable = \"deny\"\n[[rules.for]]\npackages = [\"p.v1beta1\"]\nunstable = \"note\"",
            &[
                ("a.proto p.v1beta1", "note note"),
                ("a.proto p.v1beta2", "deny warn"),
            ],
        );
    }

    #[test]
    fn paths_packages_and_links_select() {
        check(
            "[[rules.for]]\npaths = [\"api/*.proto\", \"x/**\"]\nfield-renamed = \"off\"",
            &[
                ("api/a.proto p", "deny off"),
                ("api/v1/a.proto p", "deny warn"),
                ("x/y/z.proto p", "deny off"),
            ],
        );
        check(
            "[[rules.for]]\npackages = [\"acme.*.v1\", \"own\", \"all.**\"]\nfield-renamed = \"off\"",
            &[
                ("a acme.b.v1", "deny off"),
                ("a acme.v1", "deny warn"),
                ("a acme.b.c.v1", "deny warn"),
                ("a own", "deny off"),
                ("a own.more", "deny warn"),
                ("a all.that.there.is", "deny off"),
            ],
        );
        check(
            "[[rules.for]]\nlinks = [\"a:b\"]\nfield-renamed = \"off\"",
            &[
                ("a p a:b", "deny off"),
                ("a p b:a", "deny warn"),
                ("a p", "deny warn"),
            ],
        );
    }

    #[test]
    fn what_matches_nothing_is_said() {
        let text = "[[rules.for]]\npaths = [\"api/**\", \"gone/**\"]\nfield-renamed = \"off\"\n[[rules.for]]\npackages = [\"p.*\", \"q\"]\npreset = \"wire\"\n[[rules.for]]\npaths = [\"api/**\"]\npackages = [\"other\"]\npreset = \"wire\"\n";
        let config = read(text).unwrap_or_else(|errors| panic!("{}", errors[0]));
        let files = [("api/a.proto", "p.v1"), ("b.proto", "other")];
        assert_eq!(
            unmatched(&config, files.into_iter()),
            [
                "protoskew.toml:1: no file here is `gone/**`: what [[rules.for]] says of it holds for nothing",
                "protoskew.toml:4: no package here is `q`: what [[rules.for]] says of it holds for nothing",
                "protoskew.toml:7: no file here is in these paths and in these packages: what [[rules.for]] says holds for nothing",
            ]
        );
        assert!(unmatched(&Config::default(), files.into_iter()).is_empty());
    }

    #[test]
    fn a_level_here_and_the_one_by_default() {
        let here = |text: &str, id: &str| {
            let config = read(text).unwrap_or_else(|errors| panic!("{}", errors[0]));
            let rule = find(id).expect("a rule");
            [level_here(&config, rule), level_by_default(rule)].map(Level::word)
        };
        assert_eq!(here("", "field-renamed"), ["warn", "warn"]);
        assert_eq!(
            here("[rules]\nfield-renamed = \"deny\"", "field-renamed"),
            ["deny", "warn"]
        );
        assert_eq!(
            here("[rules]\npreset = \"wire\"", "field-renamed"),
            ["off", "warn"]
        );
        assert_eq!(here("", "change-unanalysed"), ["off", "off"]);
        assert_eq!(
            here("[review]\nrequire-analysis = true", "change-unanalysed"),
            ["deny", "off"]
        );
        assert_eq!(
            here(
                "[contract]\noptions = [\"google.api.http\"]",
                "option-changed"
            ),
            ["warn", "off"]
        );
    }

    #[test]
    fn all_that_an_entry_names_must_hold() {
        check(
            "[[rules.for]]\npaths = [\"a/**\"]\npackages = [\"p\"]\nfield-renamed = \"off\"",
            &[
                ("a/a p", "deny off"),
                ("b/a p", "deny warn"),
                ("a/a q", "deny warn"),
            ],
        );
    }

    #[test]
    fn the_last_entry_that_holds_wins_and_its_preset_begins_anew() {
        check(
            "[rules]\nfield-renamed = \"deny\"\n[[rules.for]]\npaths = [\"a/**\"]\npreset = \"advice\"\n[[rules.for]]\npaths = [\"a/b/**\"]\nfield-renamed = \"note\"",
            &[
                ("c p", "deny deny"),
                ("a/c p", "warn warn"),
                ("a/b/c p", "warn note"),
            ],
        );
        check(
            "[[rules.for]]\npaths = [\"a/**\"]\nfield-renamed = \"note\"\n[[rules.for]]\npaths = [\"a/**\"]\nfield-renamed = \"off\"",
            &[("a/c p", "deny off")],
        );
    }
}
