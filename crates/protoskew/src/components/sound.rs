//! Whether what the configuration says of components can be answered: whole histories, services that exist.

use std::collections::BTreeSet;

use protoskew_schema::{FieldType, Name, Options, Schema, TypeRef};

use crate::config::nearest;
use crate::error::Error;
use crate::project::{Project, State};
use crate::source::error::complete;

impl Project {
    /// Refuses histories that are cut off, here and wherever components live, unless an incomplete answer is accepted;
    /// then one note each.
    pub fn complete(&self, allow_incomplete: bool) -> Result<Vec<String>, Error> {
        let repository = self.repository()?;
        complete(repository, allow_incomplete)?;
        let mut notes = Vec::new();
        if repository.is_shallow() {
            notes.push(
                "this clone is shallow: what lies beyond its boundary was not looked at".to_owned(),
            );
        }
        let folders: BTreeSet<&str> = self
            .config
            .components
            .values()
            .filter_map(|component| component.repository.as_deref())
            .collect();
        for folder in folders {
            if !self.elsewhere(folder)?.repository()?.is_shallow() {
                continue;
            }
            let message =
                format!("the clone {folder} is shallow: releases beyond its boundary are unknown");
            if !allow_incomplete {
                return Err(Error::environment(message).hint(format!(
                    "run `git -C {folder} fetch --unshallow --tags`, or accept an incomplete answer with --allow-incomplete"
                )));
            }
            notes.push(message);
        }
        Ok(notes)
    }

    /// Refuses links about services, stores of messages, and levels of packages, that nobody ever had: they would always be well.
    pub fn names_exist(&self, judged: &State) -> Result<(), Error> {
        let services = self.links.iter().flat_map(|link| &link.services);
        self.known(
            judged,
            ": a link names the service",
            services,
            |schema, known| {
                known.extend(schema.services.iter().map(|each| each.name.to_string()));
            },
        )?;
        for exception in &self.config.exceptions {
            let is_glob = |name: &&String| name.contains(['*', '?', '[', '{']);
            let named = exception.packages.iter().filter(|name| !is_glob(name));
            let named: Vec<Name> = named.map(Name::from).collect();
            let (line, column) = exception.place;
            self.known(
                judged,
                &format!(":{line}:{column}: [[rules.for]] names the package"),
                named.iter(),
                |schema, known| {
                    known.extend(schema.files.iter().map(|each| each.package.to_string()));
                },
            )?;
        }
        let stored = self.links.iter().flat_map(|link| &link.stored).flatten();
        self.known(
            judged,
            ": a store names the message",
            stored,
            |schema, known| {
                known.extend(schema.messages.iter().map(|each| each.name.to_string()));
            },
        )?;
        self.known(
            judged,
            ": the contract names the option",
            self.config.contract.iter(),
            |schema, known| known.extend(option_names(schema)),
        )
    }

    fn known<'n>(
        &self,
        judged: &State,
        what: &str,
        named: impl Iterator<Item = &'n Name>,
        take: impl Fn(&Schema, &mut BTreeSet<String>),
    ) -> Result<(), Error> {
        let named: Vec<&Name> = named.collect();
        if named.is_empty() {
            return Ok(());
        }
        let mut known: BTreeSet<String> = BTreeSet::new();
        take(judged.indexed.schema(), &mut known);
        for link in &self.links {
            for component in [&link.client, &link.server] {
                for each in &self.spoken(component)?.released {
                    take(each.state.indexed.schema(), &mut known);
                }
            }
        }
        let Some(unknown) = named
            .into_iter()
            .find(|name| !known.contains(name.as_str()))
        else {
            return Ok(());
        };
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let hint = nearest(unknown, &known).unwrap_or_else(|| match known.as_slice() {
            [] => "there are none; remove it".to_owned(),
            [one] => format!("there is `{one}`"),
            [first, .., last] => format!("there are {}, from `{first}` to `{last}`", known.len()),
        });
        Err(Error::usage(format!(
            "protoskew.toml{what} `{unknown}`, which no release has, nor {}",
            judged.origin.label
        ))
        .hint(hint))
    }

    /// The component that lives here and speaks protos from elsewhere, with that folder.
    pub(crate) fn guest(&self) -> Option<(&str, &str)> {
        self.config.components.iter().find_map(|(name, component)| {
            let owner = self.component(component.protocol.as_ref()?)?;
            let folder = owner.repository.as_deref()?;
            component
                .repository
                .is_none()
                .then_some((name.as_str(), folder))
        })
    }
}

/// Every option that a schema declares or uses, by its full name.
fn option_names(schema: &Schema) -> BTreeSet<String> {
    let declared = schema.extensions.iter().filter(|each| {
        let (FieldType::Message(TypeRef { name, .. }) | FieldType::Unresolved(name)) =
            &each.extendee
        else {
            return false;
        };
        name.starts_with("google.protobuf.") && name.ends_with("Options")
    });
    let mut names: BTreeSet<String> = declared.map(|each| each.name.to_string()).collect();
    let mut used = |options: &Options| {
        let resolved = options.tree().fields.iter().map(|field| &field.name);
        let unresolved = options.iter().filter(|each| !each.resolved);
        let written = unresolved.map(|each| &each.name);
        for name in resolved.chain(written) {
            let full = match name.split_once(')') {
                Some((full, _)) => full.trim_start_matches('('),
                None => name.split('.').next().unwrap_or_default(),
            };
            names.insert(full.trim_start_matches('.').to_owned());
        }
    };
    schema.with_options().for_each(|each| used(each.options));
    names.remove("");
    names
}
