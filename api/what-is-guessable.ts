import { ZxcvbnFactory, type MatchExtended, type OptionsGraph } from '@zxcvbn-ts/core';
import { adjacencyGraphs } from '@zxcvbn-ts/language-common';
import { comparable, ownWords } from '#domain/own-words.ts';
import { MAX_PASSWORD_LENGTH } from '#domain/password-rules.ts';
import type { Guessable, GuessedWith } from './guessable.ts';

/** Rows of a keyboard that the library lacks. */
const OTHER_ROWS = { russian: ['йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю'] };

/** Keyboards and runs; common passwords are the banned list's, so the library's own dictionaries stay out. */
const zxcvbn = new ZxcvbnFactory({
  graphs: {
    ...(adjacencyGraphs as OptionsGraph),
    ...Object.fromEntries(Object.entries(OTHER_ROWS).map(([name, rows]) => [name, graphOf(rows)])),
  }, // each entry is a key's neighbours
  dictionary: {},
  maxLength: MAX_PASSWORD_LENGTH,
});

/** So many characters that nobody would try have to be left: what NIST SP 800-63B-4 §3.1.1.2 asks of a password at least. */
const FEWEST_LEFT = 8;
/** Shorter runs are in many words: `rst` in first, `oo` in wood. */
const SHORTEST_RUN = 4;

/**
 * Whether a password is left with fewer than eight characters once everything is taken away that anybody would try: rows of keys, runs,
 * repetitions, dates, and words of the person and of the place, also with look-alikes or backwards (D. L. Wheeler, "zxcvbn", USENIX Security
 * 2016). The reasons are what was taken away; none when enough is left, or when it is only short. At most 127 characters are looked at.
 */
export function whatIsGuessable(password: string, { own, site }: GuessedWith): Guessable[] {
  const text = comparable(password.slice(0, MAX_PASSWORD_LENGTH));
  const [ownOnes, siteOnes] = [ownWords(own), ownWords(site)];
  const { sequence } = zxcvbn.check(text, [...ownOnes, ...siteOnes]);
  const known = sequence.flatMap((match) => {
    const reason = reasonOf(match, ownOnes);
    return reason ? [{ reason, length: match.token.length }] : [];
  });
  const left = text.length - known.reduce((sum, { length }) => sum + length, 0);
  return left >= FEWEST_LEFT ? [] : [...new Set(known.map(({ reason }) => reason))];
}

function reasonOf(match: MatchExtended, own: readonly string[]): Guessable | undefined {
  if (match.pattern === 'dictionary') return own.includes(String(match['matchedWord'])) ? 'own-words' : 'site-word';
  const isRun = ['spatial', 'sequence', 'repeat', 'regex', 'date'].includes(match.pattern);
  return isRun && match.token.length >= SHORTEST_RUN ? 'keyboard-run' : undefined;
}

/** Neighbours left, upper left, upper right, right, lower right, lower left, as the library orders them for keyboards whose rows are shifted. */
function graphOf(rows: readonly string[]): Record<string, (string | null)[]> {
  const at = (row: number, key: number): string | null => {
    const letter = rows[row]?.[key];
    return letter === undefined ? null : letter + letter.toUpperCase();
  };
  const entries = rows.flatMap((letters, row) =>
    Array.from(letters, (letter, key): [string, (string | null)[]] => [
      letter,
      [at(row, key - 1), at(row - 1, key), at(row - 1, key + 1), at(row, key + 1), at(row + 1, key), at(row + 1, key - 1)],
    ]),
  );
  return Object.fromEntries(entries);
}
