import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { root } from '#ops/paths.ts';
import { runCommand, type CommandResult } from '#ops/run-command.ts';
import { ownerUrlFile } from '#ops/setup/database-roles.ts';
import { trustPolicyFile } from '#ops/setup/log-keys.ts';
import type { TestDatabase } from '#test/support/database.ts';
import { eventsProgram, startForwarder, type ForwarderProcess } from '#test/support/forwarder.ts';
import type { TestLog } from './a-log.ts';

/** The command `countersign events` as the operator of this log runs it, from a state folder of their own. */
export function useEventsCommand(database: TestDatabase, log: TestLog) {
  const home = mkdtempSync('/tmp/countersign-events-');
  const running: ForwarderProcess[] = [];
  after(async () => {
    await Promise.all(running.map((forwarder) => forwarder.kill('SIGKILL')));
    rmSync(home, { recursive: true, force: true });
  });
  mkdirSync(join(home, 'database'));
  mkdirSync(join(home, 'trust'));
  // Here the superuser owns the tables.
  writeFileSync(ownerUrlFile(home), database.url, { mode: 0o600 });
  writeFileSync(trustPolicyFile(home), log.policyText());
  const always = ['--tiles', log.folder, '--hostname', 'forwarder.bank.test'];
  return {
    home,
    run: (...args: string[]): Promise<CommandResult> =>
      runCommand(process.execPath, [...eventsProgram, ...always, ...args], {
        cwd: root,
        env: { PATH: '/usr/bin:/bin', COUNTERSIGN_STATE: home },
      }),
    start(...args: string[]): ForwarderProcess {
      const forwarder = startForwarder(home, [...always, ...args]);
      running.push(forwarder);
      return forwarder;
    },
  };
}
