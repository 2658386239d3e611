import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Database } from '#db';
import { generateSigner, type Signer } from '#evidence/signer-key.ts';
import { parseTrustPolicy, type TrustPolicy } from '#evidence/trust-policy.ts';
import { COSIGNATURE, printVerifierKey, SIGNATURE, type VerifierKey } from '#evidence/verifier-key.ts';
import { openNotary, type Notary } from '#log/notary/run.ts';
import { openTileFolder } from '#log/notary/tile-folder.ts';
import { createWitness } from '#log/witness/server.ts';
import { openStateFile } from '#log/witness/state-file.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import type { TestDatabase } from '#test/support/database.ts';

/** A witness of ours on a free port, which can go away and come back with what it remembers, or with an older copy of it. */
export interface TestWitness {
  signer: Signer;
  url: string;
  stateFile: string;
  /** With other keys of the log than the one it began with, when it was told so. */
  start(logs?: VerifierKey[]): Promise<void>;
  stop(): Promise<void>;
}

export interface TestLog {
  db: Database;
  signer: Signer;
  witnesses: TestWitness[];
  policy: TrustPolicy;
  folder: string;
  /** The trust policy as a file, with some witnesses (w1, w2, w3) at another address than their own. */
  policyText(elsewhere?: Record<string, string>): string;
  /** Opens another notary on the same database and folder, as a restart or a second machine would. */
  open(at?: { db?: Database; folder?: string; policy?: TrustPolicy }): Promise<Notary>;
  /** Takes turns until nothing waits. */
  settle(notary: Notary): Promise<void>;
  /** Appends so many leaves in transactions of their own; answers their ids. */
  write(count: number): Promise<string[]>;
}

/** A log of this test file: real database, real files, real witnesses over HTTP, quorum two of three. */
export async function useLog(database: TestDatabase): Promise<TestLog> {
  const log = await openTestLog(database);
  after(() => log.close());
  return log;
}

/** The same for whoever closes it. */
export async function openTestLog(database: TestDatabase): Promise<TestLog & { close: () => Promise<void> }> {
  const home = mkdtempSync('/tmp/countersign-log-');
  const signer = generateSigner('log.bank.test/evidence', SIGNATURE);
  const witnesses = await Promise.all(['audit', 'soc', 'second-site'].map((name) => aWitness(name, signer, home)));
  const close = async (): Promise<void> => {
    await Promise.all(witnesses.map((witness) => witness.stop()));
    rmSync(home, { recursive: true, force: true });
  };
  const policyText = (elsewhere: Record<string, string> = {}): string => {
    const lines = witnesses.map(({ signer: { verifier }, url }, at) => {
      const name = `w${at + 1}`;
      return `witness ${name} ${printVerifierKey(verifier)} ${elsewhere[name] ?? url}`;
    });
    return [`log ${printVerifierKey(signer.verifier)}`, ...lines, 'group quorum 2 w1 w2 w3', 'quorum quorum', ''].join('\n');
  };
  const policy = parseTrustPolicy(policyText());
  const db = database.as('notary');
  const worker = database.as('worker');
  const folder = join(home, 'tiles');
  return {
    close,
    db,
    signer,
    witnesses,
    policy,
    policyText,
    folder,
    open: (at = {}) => openNotary({ db, signer, policy, refreshSeconds: 3600, ...at, folder: openTileFolder(at.folder ?? folder) }),
    async settle(notary) {
      for (;;) if ((await notary.turn()) === 'idle') return;
    },
    async write(count) {
      const ids: string[] = [];
      for (let at = 0; at < count; at++)
        ids.push(await worker.$transaction((tx) => appendLeaf(tx, { type: 'audit.read', outcome: 'success', do: { at } }, 'test')));
      return ids;
    },
  };
}

async function aWitness(name: string, log: Signer, home: string): Promise<TestWitness> {
  const signer = generateSigner(`${name}.bank.test`, COSIGNATURE);
  const stateFile = join(home, name, 'state.json');
  let server: Server | undefined;
  let port = 0;
  const start = async (logs = [log.verifier]): Promise<void> => {
    const mine = createWitness({
      signer,
      logs,
      state: openStateFile(stateFile),
      now: () => BigInt(Math.floor(Date.now() / 1000)),
    });
    await new Promise<void>((resolve) => mine.listen(port, '127.0.0.1', resolve));
    port = (mine.address() as AddressInfo).port;
    server = mine;
  };
  await start();
  return {
    signer,
    url: `http://127.0.0.1:${port}/`,
    stateFile,
    start,
    async stop() {
      const mine = server;
      server = undefined;
      mine?.closeAllConnections();
      await new Promise<void>((resolve) => (mine ? mine.close(() => resolve()) : resolve()));
    },
  };
}
