//! What tags have in place of a genre: words without meaning, addresses, and who made the file.

/// Keys, as [`super::genre::key`] makes them, of words that name no genre.
pub(super) const MEANINGLESS: &str = "other unknown unknowngenre genre misc miscellaneous various none default \
    unclassifiable unclassified undefined general othergenre music song songs audio sound sounds mp3 track tracks na \
    nogenre notset unset unspecified notspecified null blank untitled tba tbd variousartists va \
    unbekannt unbekanntesgenre sonstige sonstiges andere anderes verschiedenes diverse diverses \
    inconnu autre autres divers otro otros desconocido variado altro altri sconosciuto другое неизвестно разное";

/// What follows these says where a file is from.
const ORIGINS: [&str; 6] =
    ["downloaded from", "download from", "download at", "ripped by", "encoded by", "uploaded by"];

/// Ends of names in the net that tags are known to have; a word with a full stop and another end may be a genre.
const DOMAINS: &str = "com net org info biz ru de fr it es pl uk us eu cc tv fm ws me io co su ua by kz in cn jp br nl \
                       se to xyz site club online top";

/// The tag without addresses and without what says where the file is from.
pub(super) fn without_junk(tag: &str) -> String {
    // Small letters of ASCII take as many bytes.
    let small = tag.to_ascii_lowercase();
    let end = ORIGINS.iter().filter_map(|origin| small.find(origin)).min().unwrap_or(tag.len());
    let words = tag[..end].split_whitespace().map(without_address);
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A word may be several genres: `Rock;www.example.com` is one and an address.
fn without_address(word: &str) -> String {
    if let Some(at) = word.find("://") {
        let scheme = word[..at].rfind(|c: char| !c.is_ascii_alphabetic());
        return scheme.map_or("", |before| &word[..before]).to_owned();
    }
    let kept = word.split([';', ',', '|']).map(|segment| {
        // What follows in an address after a `/` belongs to it.
        let genres = segment.split('/').take_while(|part| !is_address(part));
        genres.collect::<Vec<_>>().join("/")
    });
    kept.collect::<Vec<_>>().join(";")
}

fn is_address(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let Some((rest, end)) = word.rsplit_once('.') else { return word == "www" };
    let is_domain = !rest.is_empty() && DOMAINS.split_whitespace().any(|domain| domain == end);
    word.starts_with("www.") || is_domain
}
