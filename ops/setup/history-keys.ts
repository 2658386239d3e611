import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretFile } from '#config';
import { formatRing, newHistoryKey, parseRing, type HistoryKey, type Ring } from '#history/key-ring.ts';
import { openRing, type HistoryKeys } from '#history/open-ring.ts';
import { layout, processNames } from '../paths.ts';
import type { ProcessName } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import type { Identities } from './identities.ts';
import { ownedFile } from './owned-files.ts';

/** The ring of one process. Every process speaks to Temporal, so each has a copy that it alone may read. */
export const historyKeysFile = (state: string, holder: ProcessName): string => join(layout(state).processFolder(holder), 'history.keys');

/** Every ring of this machine. Throws a sentence when one is missing or is no ring. */
export function readRings(state: string): Record<ProcessName, Ring> {
  const read = (holder: ProcessName): Ring => {
    const file = historyKeysFile(state, holder);
    return inSentence(() => parseRing(existsSync(file) ? readFileSync(file, 'utf8') : '', file));
  };
  return Object.fromEntries(processNames.map((name) => [name, read(name)])) as Record<ProcessName, Ring>;
}

/** The ids of all history keys of this machine, each once. */
export const historyKeyIds = (state: string): string[] => [
  ...new Set(Object.values(readRings(state)).flatMap(({ keys }) => keys.map(({ id }) => id))),
];

/** The history keys as whoever runs this machine speaks to Temporal. Throws a Sentence when there are none. */
export const openHistoryKeys = (file: string): HistoryKeys => inSentence(() => openRing(secretFile(file)));

/** What history/ says of a ring is meant for the operator. */
function inSentence<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Sentence((error as Error).message);
  }
}

/** Makes the rings with their first key, or gives a process that has none a copy of another's. Answers whether it wrote. */
export function makeHistoryKeys(state: string, identities: Identities): boolean {
  const missing = processNames.filter((name) => !existsSync(historyKeysFile(state, name)));
  if (missing.length === 0) return false;
  const holder = processNames.find((name) => !missing.includes(name));
  const text = holder ? readFileSync(historyKeysFile(state, holder), 'utf8') : firstRing();
  for (const name of missing) ownedFile(historyKeysFile(state, name), text, identities[name]);
  return true;
}

function firstRing(): string {
  const key = newHistoryKey();
  return formatRing({ encrypts: key.id, keys: [key] });
}

/**
 * First half of a rotation: every ring gets a new key to open with, and goes on encrypting with the one that it had.
 * When an earlier rotation ended half-way, its key is taken instead of another one. Answers the id.
 */
export function addHistoryKey(state: string, identities: Identities): string {
  const rings = readRings(state);
  const known = union(Object.values(rings));
  const last = known.at(-1);
  const halfWay = last && processNames.some((name) => rings[name].encrypts !== last.id);
  const key = halfWay ? last : newHistoryKey();
  const keys = halfWay ? known : [...known, key];
  for (const name of processNames) write(state, identities, name, { encrypts: rings[name].encrypts, keys });
  return key.id;
}

/** Second half: every ring encrypts with that key. To be called only when every process's ring holds it. */
export function encryptWith(state: string, identities: Identities, id: string): void {
  const rings = readRings(state);
  for (const name of processNames) write(state, identities, name, { ...rings[name], encrypts: id });
}

function write(state: string, identities: Identities, name: ProcessName, ring: Ring): void {
  const text = formatRing(ring);
  parseRing(text, historyKeysFile(state, name)); // a ring that nobody could read would stop its process
  ownedFile(historyKeysFile(state, name), text, identities[name]);
}

/** Every key of every ring once, oldest first. */
function union(rings: readonly Ring[]): HistoryKey[] {
  const keys = new Map(rings.flatMap((ring) => ring.keys.map((key) => [key.id, key] as const)));
  return [...keys.values()].toSorted((a, b) => a.made.localeCompare(b.made) || a.id.localeCompare(b.id));
}
