//! Finds a message's field, or an enum's value, by its number and by its name, and a service's method by its name, however many there are.

use protoskew_schema::{Enum, Field, Message, Method, Service};
use rustc_hash::FxHashMap;

/// The members of one element.
pub(crate) struct Members<'a, T> {
    pub(crate) all: &'a [T],
    /// Only where there are many: a few are found faster by looking at each.
    index: Option<Index<'a>>,
}

struct Index<'a> {
    by_number: FxHashMap<i64, u32>,
    by_name: FxHashMap<&'a str, u32>,
}

/// The methods of one service, by their names.
pub(crate) struct Methods<'a> {
    by_name: FxHashMap<&'a str, &'a Method>,
}

impl<'a> Methods<'a> {
    pub(crate) fn of(service: &'a Service) -> Self {
        // the first of several wins
        let methods = service.methods.iter().rev();
        Self {
            by_name: methods.map(|it| (it.name.as_str(), it)).collect(),
        }
    }

    /// The first method of that name.
    pub(crate) fn named(&self, name: &str) -> Option<&'a Method> {
        self.by_name.get(name).copied()
    }
}

/// From so many members on, an index pays.
const MANY: usize = 24;

/// What has a number and a name.
pub(crate) trait Member {
    fn number(&self) -> i64;
    fn name(&self) -> &str;
}

impl Member for Field {
    fn number(&self) -> i64 {
        i64::from(self.number)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Member for protoskew_schema::EnumValue {
    fn number(&self) -> i64 {
        i64::from(self.number)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl<'a> Members<'a, Field> {
    pub(crate) fn of(message: &'a Message) -> Self {
        Self::new(&message.fields)
    }
}

impl<'a> Members<'a, protoskew_schema::EnumValue> {
    pub(crate) fn of_enum(each: &'a Enum) -> Self {
        Self::new(&each.values)
    }
}

impl<'a, T: Member> Members<'a, T> {
    fn new(all: &'a [T]) -> Self {
        let index = (all.len() >= MANY).then(|| {
            let mut index = Index {
                by_number: FxHashMap::default(),
                by_name: FxHashMap::default(),
            };
            for (at, member) in all.iter().enumerate() {
                // the first of several wins, as it does where they are few
                index.by_number.entry(member.number()).or_insert(at as u32);
                index.by_name.entry(member.name()).or_insert(at as u32);
            }
            index
        });
        Self { all, index }
    }

    /// The first member of that number.
    pub(crate) fn numbered(&self, number: impl Into<i64>) -> Option<(u32, &'a T)> {
        let number = number.into();
        let at = match &self.index {
            Some(index) => index.by_number.get(&number).copied(),
            None => self.first(|member| member.number() == number),
        }?;
        Some((at, &self.all[at as usize]))
    }

    /// The first member of that name.
    pub(crate) fn named(&self, name: &str) -> Option<(u32, &'a T)> {
        let at = match &self.index {
            Some(index) => index.by_name.get(name).copied(),
            None => self.first(|member| member.name() == name),
        }?;
        Some((at, &self.all[at as usize]))
    }

    fn first(&self, wanted: impl Fn(&T) -> bool) -> Option<u32> {
        self.all.iter().position(wanted).map(|at| at as u32)
    }
}
