//! Packages that say which version of an API they are: `acme.v1`, `acme.v1beta1`.

/// Whether a component of a package (or of a path) is a version: `v1`, `v2alpha`, `v1p1beta1`.
pub fn is_version(component: &str) -> bool {
    let mut letters = component.chars();
    letters.next() == Some('v') && letters.next().is_some_and(|c| c.is_ascii_digit())
}

/// Whether two packages are versions of one API: they differ, and in components alone that are versions.
///
/// Who writes `acme.v2` beside or in place of `acme.v1` begins another API; nobody reads the messages of one as the other's.
pub fn are_versions_of_one(a: &str, b: &str) -> bool {
    let same_length = a.split('.').count() == b.split('.').count();
    let mut pairs = a.split('.').zip(b.split('.'));
    a != b && same_length && pairs.all(|(a, b)| a == b || is_version(a) && is_version(b))
}

/// Whether a package says that it may still change: a component is a version that says so (`v1alpha1`, `v1p1beta2`, `v1test`), or has
/// `alpha`, `beta` or `test` for one of its words (`acme.beta`, `acme.storage_test`, `alpha1`).
///
/// A word that only holds those letters says nothing: `latest`, `attest`, `alphabet`.
pub fn is_unstable(package: &str) -> bool {
    package.split('.').any(|component| {
        if is_version(component) {
            let says = |word| component.contains(word);
            return says("alpha") || says("beta") || says("test");
        }
        component.split('_').any(|word| {
            let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
            matches!(word, "alpha" | "beta" | "test")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{are_versions_of_one, is_unstable};

    #[track_caller]
    fn check(a: &str, b: &str, expected: bool) {
        assert_eq!(are_versions_of_one(a, b), expected, "{a} and {b}");
    }

    #[test]
    fn versions_of_one_api() {
        check("acme.v1", "acme.v2", true);
        check("k8s.scheduling.v1alpha1", "k8s.scheduling.v1alpha3", true);
        check("v1.acme", "v1beta1.acme", true);
    }

    #[test]
    fn other_names_are_other_apis() {
        check("acme.v1", "acme.v1", false);
        check("remote", "hypervisor", false);
        check("acme.v1", "acme", false);
        check("acme.v1", "acme.vault", false);
        check("acme.v1", "other.v2", false);
    }

    #[test]
    fn packages_that_may_still_change() {
        for package in [
            "acme.v1alpha1",
            "acme.v1alpha",
            "v1beta1.acme",
            "acme.v1p1beta2",
            "acme.v1test",
            "acme.v1testfoo",
            "acme.alpha",
            "alpha2.acme",
            "acme.storage_test",
            "test",
        ] {
            assert!(is_unstable(package), "{package}");
        }
        for package in [
            "",
            "acme.v1",
            "acme.latest",
            "sigstore.attest",
            "alphabet",
            "acme.betamax",
            "acme.testing",
            "contest.v1",
        ] {
            assert!(!is_unstable(package), "{package}");
        }
    }
}
