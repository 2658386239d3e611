import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from './durable-file.ts';
import { printable } from './words-of-changes.ts';

/**
 * What waits for people until they log in: in the agent's own folder, which root alone reads, a folder for each user by number, and in it a file for each
 * notice. PAM has the program `told` show them at a login; one that was shown is named so, and the agent takes it away.
 */
const SHOWN = '.shown';
/** A notice's id. The half of a file that was being written has another name. */
const NAME = /^[0-9a-f-]{36}$/;
/** So many are shown at one login; the others at the next one. */
const AT_ONCE = 5;

const all = (state: string): string => join(state, 'told');
const folderOf = (state: string, uid: number): string => join(all(state), String(uid));

/** Lays words ready for the next login of a user; they lie there once. */
export function layReady(state: string, { id, uid, words }: { id: string; uid: number; words: string }): void {
  const folder = folderOf(state, uid);
  if (existsSync(join(folder, id))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeDurably(join(folder, id), `${words}\n`, 0o600);
}

/** Whether they were shown at a login. */
export function wasShown(state: string, { id, uid }: { id: string; uid: number }): boolean {
  return existsSync(join(folderOf(state, uid), `${id}${SHOWN}`));
}

/** Takes a notice's words away, for whomever they lay ready. */
export function takeAway(state: string, id: string): void {
  for (const uid of existsSync(all(state)) ? readdirSync(all(state)) : [])
    for (const name of [id, `${id}.new`, `${id}${SHOWN}`]) rmSync(join(all(state), uid, name), { force: true });
}

/** Shows what waits for a user, and notes that it was shown. */
export function showWaiting(state: string, uid: number, say: (text: string) => void): void {
  const folder = folderOf(state, uid);
  if (!existsSync(folder)) return;
  const names = readdirSync(folder).filter((name) => NAME.test(name));
  for (const name of names.slice(0, AT_ONCE)) {
    say(printable(readFileSync(join(folder, name), 'utf8')));
    renameSync(join(folder, name), join(folder, `${name}${SHOWN}`));
  }
}

/**
 * Whether somebody sits at this computer: a console of its own, or a display. What opens a session without a terminal shows nobody anything, and a login over the
 * network has a terminal that the agent writes to. Whom somebody else became (`from`: su(1), sudo(8)) is not there themselves.
 */
export function isHere(terminal: string | undefined, from: string | undefined): boolean {
  return !from && terminal !== undefined && /^(\/dev\/)?tty\d+$|^:\d+(\.\d+)?$/.test(terminal);
}

/** The number of whoever logs in, as the system's own names have it; undefined for root, and for whom it does not know. */
export function uidOf(user: string | undefined): number | undefined {
  if (user === undefined) return undefined;
  const before = process.geteuid?.();
  if (before === undefined) return undefined;
  try {
    // Node has no getpwnam(3) of its own; taking on a user by name and giving them up again asks just that.
    process.seteuid?.(user);
    const uid = process.geteuid?.();
    return uid === 0 ? undefined : uid;
  } catch {
    return undefined;
  } finally {
    process.seteuid?.(before);
  }
}
