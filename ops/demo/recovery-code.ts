import { openSync, closeSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sentence } from '#ops/sentence.ts';
import { personNamed } from './person-named.ts';
import { readDemoPeople, writeDemoPeople } from './secrets.ts';

/**
 * The next recovery code of a person that was not handed out yet. Each call gives another, also when two run at once;
 * after the tenth it refuses in a sentence. Whether the verifier has burned a code is not known here.
 */
export async function giveRecoveryCode(stateDir: string, account: string): Promise<string> {
  return withLock(join(stateDir, 'demo', 'people.lock'), () => {
    const people = readDemoPeople(stateDir);
    const person = personNamed(people, account);
    const code = person.recoveryCodes[person.recoveryCodesGiven];
    if (code === undefined)
      throw new Sentence(
        `All ${person.recoveryCodes.length} recovery codes of ${person.account} were handed out. The help desk can issue a code in the console, or begin again with npm start -- --fresh.`,
      );
    // Marked before it is printed: a crash here loses a code, which is better than giving it twice.
    writeDemoPeople(
      stateDir,
      people.map((one) => (one === person ? { ...one, recoveryCodesGiven: one.recoveryCodesGiven + 1 } : one)),
    );
    return code;
  });
}

async function withLock<T>(file: string, work: () => T): Promise<T> {
  for (let waited = 0; ; waited += 20) {
    try {
      closeSync(openSync(file, 'wx', 0o600));
      break;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw isCode(error, 'ENOENT') ? noDemo() : error;
      // The holder needs milliseconds; a lock of ten seconds belongs to a process that was killed.
      if (waited > 10_000 || ageOf(file) > 10_000) rmSync(file, { force: true });
      await sleep(20);
    }
  }
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

function noDemo(): Sentence {
  return new Sentence('This run has no demo bank. The demo commands exist only after a plain `npm start`.');
}

function ageOf(file: string): number {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
