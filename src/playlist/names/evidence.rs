//! What is known of tracks besides their vectors: what tags call them, what a model heard, how they sound.

use std::collections::HashMap;

use super::{Kind, Sound, Term, class, genre};
use crate::space::Score;

/// A score from which on a class is held in full. CNN14's genres seldom come above 0.4.
const FULL: f32 = 0.2;

/// What is held less is as good as not heard.
const FAINT: f32 = 0.05;

/// Where evidence comes from: bits.
pub(super) const TAGS: u8 = 1;
pub(super) const SCORES: u8 = 2;
pub(super) const SOUND: u8 = 4;

/// Evidence of many tracks, row by row.
#[derive(Debug, Default)]
pub struct Evidence {
    terms: Vec<Known>,
    by_key: HashMap<(Kind, String), usize>,
    by_tag: HashMap<String, Vec<usize>>,
    tracks: Vec<TrackEvidence>,
}

#[derive(Debug)]
struct Known {
    term: Term,
    /// Who could say it of a track.
    sources: u8,
}

#[derive(Debug)]
pub(super) struct TrackEvidence {
    /// Who says anything of it.
    pub sources: u8,
    /// Terms by number, ascending, and how much they hold: above 0, up to 1.
    pub held: Vec<(usize, f32)>,
    pub sound: Option<Sound>,
}

impl TrackEvidence {
    fn hold(&mut self, source: u8, number: usize, share: f32) {
        self.sources |= source;
        self.held.push((number, share));
    }

    /// Of what was said twice the stronger word counts.
    fn settle(&mut self) {
        self.held.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        self.held.dedup_by_key(|(number, _)| *number);
        self.held.shrink_to_fit();
    }

    /// How much a term holds.
    pub fn holds(&self, number: usize) -> f32 {
        self.held.binary_search_by_key(&number, |held| held.0).map_or(0.0, |place| self.held[place].1)
    }
}

/// The classes of one model: each one's term, by number.
#[derive(Debug)]
pub struct Classes(Vec<Option<usize>>);

impl Evidence {
    /// Understands the names of a model's classes.
    pub fn classes(&mut self, names: &[String]) -> Classes {
        Classes(
            names.iter().map(|name| class::term(name)).map(|term| Some(self.number(term?, SCORES))).collect(),
        )
    }

    /// Adds the next track: its tags' genres, what each model heard best first, and its sound.
    pub fn add(&mut self, genres: &[String], heard: &[(&Classes, &[Score])], sound: Option<Sound>) {
        let mut track = TrackEvidence { sources: 0, held: Vec::new(), sound };
        for tag in genres {
            self.of_tag(tag).into_iter().for_each(|number| track.hold(TAGS, number, 1.0));
        }
        for term in sound.iter().flat_map(Sound::terms) {
            track.hold(SOUND, self.number(term, SOUND), 1.0);
        }
        for (classes, scores) in heard {
            // What the last of a full list has, every class may have: such a model has heard nothing in particular.
            let floor = scores.get(Score::KEPT - 1).map_or(0.0, |last| last.value);
            for score in *scores {
                let share = ((score.value - floor) / FULL).min(1.0);
                if let Some(number) =
                    classes.0.get(usize::from(score.class)).copied().flatten().filter(|_| share > FAINT)
                {
                    track.hold(SCORES, number, share);
                }
            }
            track.sources |= SCORES;
        }
        track.settle();
        self.tracks.push(track);
    }

    fn of_tag(&mut self, tag: &str) -> Vec<usize> {
        if let Some(numbers) = self.by_tag.get(tag) {
            return numbers.clone();
        }
        let terms = genre::genres(tag).into_iter().map(|word| Term { word, kind: Kind::Genre });
        let numbers: Vec<_> = terms.map(|term| self.number(term, TAGS)).collect();
        self.by_tag.insert(tag.to_owned(), numbers.clone());
        numbers
    }

    /// The number of a term. Of several spellings the first in the order of bytes is shown, whoever came first.
    fn number(&mut self, term: Term, source: u8) -> usize {
        let number = *self.by_key.entry((term.kind, genre::key(&term.word))).or_insert(self.terms.len());
        match self.terms.get_mut(number) {
            Some(known) => {
                known.sources |= source;
                known.term.word = term.word.min(std::mem::take(&mut known.term.word));
            }
            None => self.terms.push(Known { term, sources: source }),
        }
        number
    }

    /// How many tracks.
    pub fn len(&self) -> usize {
        self.tracks.len()
    }

    /// There is no track.
    pub fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    pub(super) fn track(&self, row: usize) -> &TrackEvidence {
        &self.tracks[row]
    }

    pub(super) fn term(&self, number: usize) -> &Term {
        &self.terms[number].term
    }

    /// Who could say a term of a track.
    pub(super) fn sources(&self, number: usize) -> u8 {
        self.terms[number].sources
    }

    pub(super) fn count(&self) -> usize {
        self.terms.len()
    }

    /// The mean sound of some rows.
    pub fn sound(&self, rows: &[usize]) -> Option<Sound> {
        Sound::mean(rows.iter().map(|&row| self.tracks[row].sound))
    }

    /// What is said of one track, what holds most first: words with how much they hold, from 0 to 1. Its sound is left
    /// out.
    pub fn said_of(&self, row: usize) -> Vec<(&str, f32)> {
        let held = self.tracks[row].held.iter().map(|&(number, share)| (self.term(number), share));
        let mut said: Vec<_> =
            held.filter(|(term, _)| !matches!(term.kind, Kind::Tempo | Kind::Brightness)).collect();
        said.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        said.into_iter().map(|(term, share)| (term.word.as_str(), share)).collect()
    }
}
