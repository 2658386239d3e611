import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, writeSync } from 'node:fs';
import { printable } from './words-of-changes.ts';

const FOLDER = '/dev/pts';
/** Numbers of the kernel's for the ends of pseudo-terminals that programs sit at (Documentation/admin-guide/devices.txt: Unix98 PTY slaves). */
const [FIRST, LAST] = [136, 143];
/** It never becomes our own terminal, nothing is followed, and one that was stopped by its user does not stop us. */
const HOW = constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * Writes to every terminal of a user, as write(1) does, and answers to how many. A terminal belongs to whoever logged in there or opened it, and the kernel
 * says who that is; the one that was opened is looked at again before it is written to, and a number that is given to somebody else
 * meanwhile is another terminal. `text` is cut down to what terminals show.
 */
export function writeToTerminals(uid: number, text: string): number {
  const bytes = Buffer.from(`\r\n${printable(text).replaceAll('\n', '\r\n')}\r\n`, 'ascii');
  return namesIn(FOLDER).filter((name) => /^\d{1,7}$/.test(name) && writeTo(`${FOLDER}/${name}`, uid, bytes)).length;
}

function writeTo(file: string, uid: number, bytes: Buffer): boolean {
  let opened: number | undefined;
  try {
    if (lstatSync(file).uid !== uid) return false;
    opened = openSync(file, HOW);
    const { uid: owner, rdev } = fstatSync(opened);
    const isTerminal = fstatSync(opened).isCharacterDevice() && majorOf(rdev) >= FIRST && majorOf(rdev) <= LAST;
    return isTerminal && owner === uid && writeSync(opened, bytes) === bytes.length;
  } catch {
    // It is gone, or its user has stopped it: it lies ready for another one.
    return false;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

/** makedev(3): the lower twelve bits of the major number stand above the lower eight of the minor. */
const majorOf = (device: number): number => (device >>> 8) & 0xfff;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
