//! The terms of tracks: the genres in their tags, the classes that models recognised, and how they sound.

use std::collections::HashMap;

use rayon::prelude::*;

use super::term::{Term, TermKind};
use super::{class, genre, sound::Sound};
use crate::space::{ClassName, Score};

/// From this score on a class holds fully. CNN14's scores of genres are seldom above 0.4.
const FULL_SCORE: f32 = 0.2;

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

/// The classes of one model: the number of each one's term.
pub(crate) type ClassTerms = Vec<Option<usize>>;

impl TermTable {
    /// The terms for the classes of one model, in its order.
    pub(crate) fn classes(&mut self, classes: &[ClassName]) -> ClassTerms {
        classes.iter().map(|class| Some(self.number(class::term(class)?, SCORES))).collect()
    }

    /// Adds the next track: the genres of its tags, and its sound.
    pub(crate) fn add(&mut self, genres: &[String], sound: Option<Sound>) {
        let mut track = TrackTerms { sources: 0, held: Vec::new(), sound };
        for tag in genres {
            self.numbers_of_tag(tag).into_iter().for_each(|number| track.add(TAGS, number, 1.0));
        }
        for number in sound.iter().flat_map(|sound| self.numbers_of_sound(sound)) {
            track.add(SOUND, number, 1.0);
        }
        track.settle();
        self.tracks.push(track);
    }

    /// Adds the scores of one model, the highest first, for all tracks that were added; none where a track has none.
    pub(crate) fn add_scores<'s>(
        &mut self,
        classes: &ClassTerms,
        scores_of: impl Fn(usize) -> Option<&'s [Score]> + Sync,
    ) {
        self.tracks.par_iter_mut().enumerate().for_each(|(row, track)| {
            let Some(scores) = scores_of(row) else { return };
            // Any class may have the lowest score of a full list, so only what is above it counts.
            let floor = scores.get(Score::KEPT - 1).map_or(0.0, |last| last.value);
            for score in scores {
                let share = ((score.value - floor) / FULL_SCORE).min(1.0);
                let number = classes.get(usize::from(score.class)).copied().flatten();
                if let Some(number) = number.filter(|_| share > LEAST_SHARE) {
                    track.add(SCORES, number, share);
                }
            }
            track.sources |= SCORES;
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
