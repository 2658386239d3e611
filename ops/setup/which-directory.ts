import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Sentence } from '../sentence.ts';
import { hasDemo, usesOwnDirectory } from '../stack/run-file.ts';

/** Holds the path of the settings that `--directory` named; absent for the demo bank. It goes with the state folder. */
export const rememberedFile = (state: string): string => join(state, 'own-directory');

/**
 * Refuses, in a sentence, a start whose directory is of another kind than the one that this state folder was set up with:
 * its resets, authenticators and devices belong to accounts that the other directory does not have.
 */
export function requireSameDirectory(state: string, given: string | undefined): void {
  const file = rememberedFile(state);
  const path = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (given === undefined && (path !== undefined || usesOwnDirectory(state))) {
    throw new Sentence(
      `${state} was set up with your own directory. Start it with npm start -- --directory ${path ?? '<settings file>'}, or begin again with the demo bank: npm start -- --fresh.`,
    );
  }
  if (given !== undefined && path === undefined && hasDemo(state)) {
    throw new Sentence(
      `${state} was set up with the demo bank. Start it with npm start, begin again with npm start -- --fresh --directory ${given}, or name another folder in COUNTERSIGN_STATE.`,
    );
  }
}

/** Remembers with which settings the state folder is started, before anything of that directory is put into it. */
export function rememberDirectory(state: string, given: string | undefined): void {
  if (given !== undefined) writeFileSync(rememberedFile(state), `${resolve(given)}\n`, { mode: 0o644 });
}
