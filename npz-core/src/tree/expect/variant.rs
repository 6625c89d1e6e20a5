//! What an enum needs: the name of its variant, and the variant's fields.

use super::Expect;
use crate::options::Cast;

impl Expect<'_> {
    /// Needs an enum: one of `units`, named by a text entry at this place, or one of `others`,
    /// named by the text entry `tag` one level down, whose `fields` stand beside it.
    ///
    /// Without a file, the fields of all variants are described, as optional.
    #[doc(hidden)]
    pub fn variant(
        &mut self,
        tag: &str,
        units: &[&'static str],
        others: &[&'static str],
        fields: impl Fn(&mut Self, &str),
    ) {
        if let Some(variant) = self.variant_name(tag, units, others) {
            fields(self, variant);
        } else if self.archive().is_none() {
            let first = self.found.schema.entries.len();
            self.found.optional += 1;
            others.iter().for_each(|variant| fields(self, variant));
            self.found.optional -= 1;
            // What several variants have stands there once.
            let mut own = self.found.schema.entries.split_off(first);
            let mut seen = Vec::new();
            own.retain(|entry| !seen.contains(entry) && (seen.push(entry.clone()), true).1);
            self.found.schema.entries.append(&mut own);
        }
    }

    /// The name of the variant that is here; none where a problem has been recorded.
    fn variant_name(
        &mut self,
        tag: &str,
        units: &[&'static str],
        others: &[&'static str],
    ) -> Option<&'static str> {
        let place = self.place.variant(tag, units, others, &self.source.names);
        if !self.is_file() && !units.is_empty() {
            self.found.elsewhere.push(self.place.name().to_owned());
        }
        let (source, found) = (self.source, &mut *self.found);
        let named = Vec::new();
        Expect { source, found, place: place.clone(), named }.array::<String, ndarray::Ix0>();
        let archive = self.archive()?;
        let index = self.source.names.find(place.name())?;
        let text = archive.array::<String, ndarray::Ix0>(index, Cast::Exact).ok()?.into_scalar();
        let known = if place.level == self.place.level { units } else { others };
        let variant = known.iter().find(|known| **known == text);
        if variant.is_none() {
            let error = place.unknown_variant(&text, units, others);
            self.found.findings.mismatched(error);
        }
        variant.copied()
    }
}
