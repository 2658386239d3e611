import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readSecretLine } from '#config';
import { openDirectory, type Directory } from '#activities/directory/connect.ts';
import { findAccount } from '#activities/directory/find-account.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import { tryPassword } from '#activities/directory/verify-bind.ts';
import { hashCode, newSalt } from '#activities/verify/code-hash.ts';
import { directorySettings } from '#test/support/directory.ts';
import { freshPassword } from '#test/support/scenes.ts';
import type { Watch } from './samples.ts';

export interface DirectoryOperations {
  /** What a reset cannot do without at the directory: find and read the account, set its password, bind with it. */
  operations: (account: string, watch: Watch) => Promise<void>;
  /** One Argon2id of the cost that every code is checked with. */
  keyDerivation: (watch: Watch) => Promise<void>;
  close: () => Promise<void>;
}

/** The directory with the product's own functions and service accounts, and nothing around them. */
export function directoryOperations(state: string): DirectoryOperations {
  const settings = directorySettings(state);
  const as = (process: string, connections: number): Directory => {
    const { bind } = JSON.parse(readFileSync(join(state, process, 'settings.json'), 'utf8')) as {
      bind: { dn: string; passwordFile: string };
    };
    return openDirectory(settings, { dn: bind.dn, password: () => readSecretLine(bind.passwordFile) }, { connections });
  };
  const reader = as('verifier', 4);
  const writer = as('writer-staff', 2);
  const pepper = randomBytes(32);
  return {
    async operations(account, { lap }) {
      const found = await findAccount(reader, account);
      lap('find');
      if (!found) throw new Error(`${account} is not in the directory`);
      const password = freshPassword();
      const { outcome } = await setPassword(writer, found.guid, password);
      lap('set');
      if (outcome !== 'applied') throw new Error(`the directory did not set a password: ${outcome}`);
      const { answer } = await tryPassword(settings, found.dn, password);
      lap('bind');
      if (answer !== 'ok') throw new Error(`the new password does not bind: ${answer}`);
    },
    async keyDerivation({ lap }) {
      await hashCode({ pepper }, '0123456789ABCDEF', newSalt());
      lap('kdf');
    },
    close: async () => void (await Promise.all([reader.close(), writer.close()])),
  };
}
