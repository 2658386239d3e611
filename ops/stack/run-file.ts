import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layout } from '../paths.ts';
import { isAlive, readPids } from './pids.ts';
import type { ProcessMark } from './pids.ts';

/** What other people's tools may know of a running stack: addresses and paths of public files, no secret. */
export type RunInfo = {
  portal: string;
  console: string;
  /** Origin of the card listener. */
  cards: string;
  /** Origin of the listener for devices. */
  devices: string;
  api: string;
  /** PEM of the CA that issued the portal's certificate. */
  ca: string;
  /** host:port of Temporal's frontend. */
  temporal: string;
  temporalPage: string;
  directory: { url: string; ca: string; netbios: string };
  /** The state folder of this stack. */
  state: string;
  startedAt: string;
};

export function writeRun(state: string, run: RunInfo): void {
  const { runFile } = layout(state);
  writeFileSync(`${runFile}.new`, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o644 });
  renameSync(`${runFile}.new`, runFile);
}

export function removeRun(state: string): void {
  rmSync(layout(state).runFile, { force: true });
  rmSync(layout(state).pidsFile, { force: true });
}

/** The supervisor of this state folder if it lives, with what it wrote of itself. */
export function runningStack(state: string): { supervisor: ProcessMark; run: RunInfo | undefined } | undefined {
  const { pidsFile, runFile } = layout(state);
  const supervisor = readPids(pidsFile).find((mark) => mark.name === 'supervisor');
  if (!supervisor || !isAlive(supervisor)) return undefined;
  const run = existsSync(runFile) ? (JSON.parse(readFileSync(runFile, 'utf8')) as RunInfo) : undefined;
  return { supervisor, run };
}

/** True when this state folder holds a demo bank. */
export const hasDemo = (state: string): boolean => existsSync(join(state, 'demo', 'people.json'));

/** True when this state folder was set up with the operator's own directory. */
export const usesOwnDirectory = (state: string): boolean => existsSync(layout(state).settingsFile('worker')) && !hasDemo(state);
