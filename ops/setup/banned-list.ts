import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { ownedFile } from './owned-files.ts';

/** The passwords that attackers try first: one lower-case entry a line, sorted. The operator may put a longer list in its place. */
export const bannedListFile = (state: string): string => join(state, 'banned-passwords.txt');

/** First line of a list that this step made; a list without it is the operator's own and stays. */
const mark = (hash: string): string => `# countersign ${hash}`;

/** Writes the banned list from the dictionary that the password library ships, unless it is there already. Nothing is downloaded. */
export function makeBannedList(state: string, progress: Progress): Promise<unknown> {
  return progress.step('list of banned passwords', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    const entries = [...new Set(dictionary['passwords-common'].map((entry) => entry.normalize('NFKC').toLowerCase()))].toSorted();
    const first = mark(createHash('sha256').update(entries.join('\n')).digest('hex'));
    const file = bannedListFile(state);
    if (existsSync(file)) {
      const [line = ''] = readFileSync(file, 'utf8').split('\n', 1);
      if (line === first || !line.startsWith('# countersign ')) return already;
    }
    ownedFile(file, `${first}\n${entries.join('\n')}\n`, undefined, 0o644);
    return `${entries.length} entries`;
  });
}
