//! The terms of tracks: the genres in their tags, the classes that models recognised, and how they sound.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::term::{Term, TermKind};
use super::{class, genre, sound::Sound};
use crate::space::{ClassName, Score};

/// What holds less than this counts as not recognised.
const LEAST_SHARE: f32 = 0.05;

/// Where a term comes from, as bits.
pub(super) const TAGS: u8 = 1;
pub(super) const SCORES: u8 = 2;
pub(super) const SOUND: u8 = 4;

/// The terms of many tracks, row by row.
#[derive(Debug, Default)]
pub(crate) struct TermTable {
    /// Each with the sources that it comes from.
    pub(super) terms: Vec<(Term, u8)>,
    by_key: HashMap<(TermKind, String), usize>,
    by_tag: HashMap<String, Vec<usize>>,
    by_sound: HashMap<[&'static str; 2], [usize; 2]>,
    pub(super) tracks: Vec<TrackTerms>,
}

#[derive(Debug)]
pub(super) struct TrackTerms {
    /// The sources that describe the track.
    pub sources: u8,
    /// Numbers of terms, ascending, with how much they hold: above 0, up to 1.
    pub held: Vec<(u32, f32)>,
    pub sound: Option<Sound>,
}

impl TrackTerms {
    fn add(&mut self, source: u8, number: usize, share: f32) {
        self.sources |= source;
        self.held.push((number as u32, share));
    }

    /// Of a term that was added twice, the larger share counts.
    fn settle(&mut self) {
        self.held.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        self.held.dedup_by_key(|(number, _)| *number);
    }

    /// How much a term holds for the track.
    pub(super) fn holds(&self, number: usize) -> f32 {
        let found = self.held.binary_search_by_key(&number, |held| held.0 as usize);
        found.map_or(0.0, |index| self.held[index].1)
    }
}

/// The classes of one model as terms.
#[derive(Debug)]
pub(crate) struct ModelTerms {
    /// The number of each class's term, in the model's order.
    numbers: Vec<Option<usize>>,
    /// The score up to which a class does not hold, and the one from which on it holds fully.
    range: [f32; 2],
}

impl ModelTerms {
    /// How much each term holds for a track, from its scores, the highest first. Of several classes that are one term
    /// the most certain one counts.
    fn shares(&self, scores: &[Score]) -> BTreeMap<usize, f32> {
        let [from, full] = self.range;
        // Any class may have the lowest score of a full list, so only what is above it counts.
        let floor = scores.get(Score::KEPT - 1).map_or(from, |last| last.value.max(from));
        let mut shares = BTreeMap::new();
        for score in scores.iter().filter(|score| score.value > floor) {
            if let Some(number) = self.numbers.get(usize::from(score.class)).copied().flatten() {
                let share = ((score.value - floor) / (full - from)).min(1.0);
                let held = shares.entry(number).or_insert(share);
                *held = held.max(share);
            }
        }
        shares
    }
}

impl TermTable {
    /// The terms for the classes of one model, in its order; `range` is where its scores begin to mean something, and
    /// where they mean all.
    pub(crate) fn classes(&mut self, classes: &[ClassName], range: [f32; 2]) -> ModelTerms {
        let number = |class| Some(self.number(class::term(class)?, SCORES));
        ModelTerms { numbers: classes.iter().map(number).collect(), range }
    }

    /// Adds the next track: the genres of its tags, and its sound.
    pub(crate) fn add(&mut self, genres: impl Iterator<Item = impl AsRef<str>>, sound: Option<Sound>) {
        let mut track = TrackTerms { sources: 0, held: Vec::new(), sound };
        for tag in genres {
            self.numbers_of_tag(tag.as_ref()).into_iter().for_each(|number| track.add(TAGS, number, 1.0));
        }
        for number in sound.iter().flat_map(|sound| self.numbers_of_sound(sound)) {
            track.add(SOUND, number, 1.0);
        }
        track.settle();
        self.tracks.push(track);
    }

    /// Adds the scores of models for all tracks that were added: `scores_of` a model and a row, the highest first; none where
    /// a track has none. A term holds as much as the models that know it say on average.
    pub(crate) fn add_scores<'s>(
        &mut self,
        models: &[ModelTerms],
        scores_of: impl Fn(usize, usize) -> Option<&'s [Score]> + Sync,
    ) {
        self.tracks.par_iter_mut().enumerate().for_each(|(row, track)| {
            let heard = |(model, terms): (usize, &ModelTerms)| Some(terms.shares(scores_of(model, row)?));
            let heard: Vec<_> = models.iter().enumerate().map(heard).collect();
            let mut shares: BTreeMap<usize, f32> = BTreeMap::new();
            for (&number, share) in heard.iter().flatten().flatten() {
                *shares.entry(number).or_default() += share;
            }
            for (number, sum) in shares {
                let knows = |(terms, heard): &(&ModelTerms, &Option<_>)| {
                    heard.is_some() && terms.numbers.contains(&Some(number))
                };
                let share = sum / models.iter().zip(&heard).filter(knows).count() as f32;
                if share > LEAST_SHARE {
                    track.add(SCORES, number, share);
                }
            }
            if heard.iter().any(Option::is_some) {
                track.sources |= SCORES;
            }
            track.settle();
        });
    }

    fn numbers_of_tag(&mut self, tag: &str) -> Vec<usize> {
        if let Some(numbers) = self.by_tag.get(tag) {
            return numbers.clone();
        }
        let terms = genre::genres(tag).into_iter().map(|word| Term { word, kind: TermKind::Genre });
        let numbers: Vec<_> = terms.map(|term| self.number(term, TAGS)).collect();
        self.by_tag.insert(tag.to_owned(), numbers.clone());
        numbers
    }

    fn numbers_of_sound(&mut self, sound: &Sound) -> [usize; 2] {
        let terms = sound.terms();
        let words = terms.map(|(word, _)| word);
        if let Some(numbers) = self.by_sound.get(&words) {
            return *numbers;
        }
        let numbers = terms.map(|(word, kind)| self.number(Term { word: word.to_owned(), kind }, SOUND));
        self.by_sound.insert(words, numbers);
        numbers
    }

    /// The number of the term with this word, however it is spelt, if some track may have it.
    pub(super) fn find(&self, kind: TermKind, word: &str) -> Option<usize> {
        self.by_key.get(&(kind, genre::key(word))).copied()
    }

    /// The number of a term. Of several spellings the first in the order of bytes is shown, in whatever order
    /// they came.
    fn number(&mut self, term: Term, source: u8) -> usize {
        let number = *self.by_key.entry((term.kind, genre::key(&term.word))).or_insert(self.terms.len());
        match self.terms.get_mut(number) {
            Some((known, sources)) => {
                *sources |= source;
                known.word = term.word.min(std::mem::take(&mut known.word));
            }
            None => self.terms.push((term, source)),
        }
        number
    }

    /// The mean sound of some rows.
    pub(crate) fn sound(&self, rows: &[usize]) -> Option<Sound> {
        Sound::mean(rows.iter().map(|&row| self.tracks[row].sound))
    }

    /// The words for one track with how much they hold, from 0 to 1, the highest first; without those for its sound.
    pub(crate) fn words_of(&self, row: usize) -> Vec<(&str, f32)> {
        let held =
            self.tracks[row].held.iter().map(|&(number, share)| (&self.terms[number as usize].0, share));
        let mut words: Vec<_> =
            held.filter(|(term, _)| !matches!(term.kind, TermKind::Tempo | TermKind::Brightness)).collect();
        words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        words.into_iter().map(|(term, share)| (term.word.as_str(), share)).collect()
    }
}
