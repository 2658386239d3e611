import { existsSync } from 'node:fs';
import { processNames } from '../paths.ts';
import { historyKeysFile, readRings } from '../setup/history-keys.ts';
import { bad, good } from './finding.ts';
import type { Finding } from './finding.ts';

/** Every process holds the same history keys and encrypts with the newest of them. */
export async function historyRings(state: string): Promise<Finding> {
  const missing = processNames.find((name) => !existsSync(historyKeysFile(state, name)));
  if (missing) return bad(`${historyKeysFile(state, missing)} is missing`, 'npm stop and npm start give the process a copy of the others');
  let rings: ReturnType<typeof readRings>;
  try {
    rings = readRings(state);
  } catch (error) {
    const [said = ''] = (error as Error).message.split('. Put it back');
    return bad(said, 'put it back from a backup, or copy the ring of another process');
  }
  const all = Object.values(rings);
  const ids = all.map(({ keys }) =>
    keys
      .map(({ id }) => id)
      .toSorted()
      .join(' '),
  );
  const newest = all[0]?.keys.at(-1)?.id;
  if (new Set(ids).size > 1 || all.some(({ encrypts }) => encrypts !== newest))
    return bad('a rotation of the history keys ended half-way', 'countersign keys rotate-history ends it');
  return good(`every process holds the same ${all[0]?.keys.length} history key(s)`);
}
