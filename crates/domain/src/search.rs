//! Words as they are compared when somebody looks for something: without capitals and accents.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A title is found by its beginning if it is longer, in bytes: an index takes no more.
const MAX_FOLDED: usize = 1_000;

/// The words that are looked for in one go.
const MAX_WORDS: usize = 8;

/// A text without capitals and accents: `straßenschild ol` of `Straßenschild Øl`, where ß is ss.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        // Letters that are written as others without being made of them.
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            letter => folded.push(letter),
        }
        if folded.len() >= MAX_FOLDED {
            break;
        }
    }
    folded
}

/// What somebody looks for: every one of these words is in what is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought(Vec<String>);

impl Sought {
    pub fn new(text: &str) -> Self {
        let text: String = text.chars().take(200).collect();
        Self(fold(&text).split_whitespace().take(MAX_WORDS).map(str::to_owned).collect())
    }

    pub fn words(&self) -> &[String] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How well a folded text fits, the best first; `None` if a word is not in it.
    pub fn rank(&self, folded: &str) -> Option<u8> {
        if !self.0.iter().all(|word| folded.contains(word.as_str())) {
            return None;
        }
        let first = self.0.first().map_or("", String::as_str);
        let begins = |word: &String| folded.split(|letter: char| !letter.is_alphanumeric()).any(|it| it.starts_with(word.as_str()));
        Some(if folded.starts_with(first) { 0 } else { 1 + u8::from(!self.0.iter().all(begins)) })
    }
}

#[cfg(test)]
mod tests {
    use crate::search::{Sought, fold};

    #[test]
    fn capitals_and_accents_make_no_difference() {
        assert_eq!(fold("Über ÉLAN: Straße, Łódź, smørrebrød"), "uber elan: strasse, lodz, smorrebrod");
        assert_eq!(fold("Agre\u{301}e"), fold("AGRÉE"));
    }

    #[test]
    fn every_word_has_to_be_there_and_the_beginning_of_words_counts_more() {
        let rank = |sought: &str, text: &str| Sought::new(sought).rank(&fold(text));
        assert_eq!(rank("jira access", "Get access to Jira"), Some(1));
        assert_eq!(rank("get", "Get access to Jira"), Some(0));
        assert_eq!(rank("ira", "Get access to Jira"), Some(2));
        assert_eq!(rank("jira badge", "Get access to Jira"), None);
    }

    #[test]
    fn a_text_of_letters_that_stand_for_many_stays_short() {
        assert!(fold(&"\u{fdfa}".repeat(300)).len() < 1_100);
    }
}
