/**
 * The words of a person that others know too, as somebody would try them in a password: parts of names, of the account's name,
 * numbers. Names may be in any script; how somebody writes a Bangla name in Latin letters stands in the account's name.
 */
export function ownWords(names: readonly string[]): string[] {
  const parts = names.flatMap((name) => {
    const plain = comparable(name);
    // Marks belong to their letters: vowels of Bangla are marks.
    return [plain, ...plain.split(/[^\p{L}\p{M}\p{N}]+/u)];
  });
  const words = parts.flatMap((part) => [part, bare(part), latin(part), onLatinKeys(part)]);
  return [...new Set(words)].filter((word) => word.length >= SHORTEST);
}

/** A syllable of two letters is in everything. In UTF-16 code units. */
const SHORTEST = 3;

/** Small letters of one width and normal form, without the joiners that only shape Bangla's conjuncts. */
export function comparable(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u200c\u200d]/gu, '');
}

/** Without accents, where letters have them: Petrović as petrovic, й as и. */
function bare(word: string): string {
  return /\p{Script=Latin}|\p{Script=Cyrillic}/u.test(word)
    ? word
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '')
        .normalize('NFC')
    : word;
}

const CYRILLIC = 'абвгдежзийклмнопрстуфхцчшщъыьэюяёієїґўђјљњћџ';
/** As passports write them (ICAO Doc 9303), and the letters of Serbian as Serbia writes them. */
const ROMAN = 'a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y  e iu ia e i ie i g u dj j lj nj c dz'.split(' ');

function latin(word: string): string {
  return Array.from(word, (letter) => ROMAN[CYRILLIC.indexOf(letter)] ?? letter).join('');
}

const RUSSIAN_KEYS = 'йцукенгшщзхъфывапролджэячсмитьбюё';
const LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";

/** A Cyrillic word typed while the keyboard was Latin: Иванов is Bdfyjd. */
function onLatinKeys(word: string): string {
  return Array.from(word, (letter) => LATIN_KEYS[RUSSIAN_KEYS.indexOf(letter)] ?? letter).join('');
}
