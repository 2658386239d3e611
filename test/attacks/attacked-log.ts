import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before } from 'node:test';
import { openCheckpoint, printCheckpoint, type Checkpoint } from '#evidence/checkpoint.ts';
import { rootOf } from '#evidence/frontier.ts';
import { consistencyParts, makeProof } from '#evidence/merkle-proof.ts';
import { leafHash, type HashOf } from '#evidence/merkle-tree.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import { printAddCheckpoint } from '#evidence/witness-protocol.ts';
import type { Transaction } from '#db';
import { appendLeaf } from '#prisma/leaves.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from '../log/a-log.ts';
import { failing, rowsOf, type Check, type Row } from './auditor.ts';

export const now = (): bigint => BigInt(Math.floor(Date.now() / 1000));

class Undo extends Error {}

/** A log with the leaves of two resets and three published checkpoints, and the hands of its attackers. One for a test file. */
export async function attackedLog() {
  const database = await useDatabase();
  const log = await useLog(database);
  const superuser = database.as('superuser');
  const worker = database.as('worker');
  /** Everybody's checkpoints of earlier days: an auditor's, printed, in a receipt. */
  const held: Checkpoint[] = [];
  const notes: string[] = [];
  const resets = [randomUUID(), randomUUID()];
  const published = (): string => readFileSync(join(log.folder, 'checkpoint'), 'utf8');

  const write = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at++) {
      const reset = resets[at % 2] ?? '';
      const type = at % 4 === 3 ? 'intent' : 'reset.requested';
      await worker.$transaction((tx) => appendLeaf(tx, { type, outcome: 'started', reset, run: reset, do: { at } }, 'test'));
    }
  };
  before(async () => {
    const notary = await log.open();
    for (const count of [8, 40, 24]) {
      await write(count);
      await log.settle(notary);
      const opened = openCheckpoint(published(), [log.signer.verifier]);
      assert.ok(opened.ok);
      held.push(opened.checkpoint);
      notes.push(published());
    }
  });

  const rows = (): Promise<Row[]> => rowsOf(superuser);
  const oldSize = (): bigint => held[1]?.size ?? 0n;
  const signed = (size: bigint, root: Buffer): string => {
    const text = printCheckpoint({ origin: log.signer.verifier.name, size, root });
    return printNote({ text, signatures: [signText(text, log.signer)] });
  };
  return {
    ...{ database, log, superuser, held, notes, published, write, rows, oldSize, signed },

    /** What an auditor finds after the superuser's work, which is undone afterwards. */
    after: async (
      attack: (tx: Transaction) => Promise<unknown>,
      shown: { note?: string; held?: Checkpoint[]; at?: bigint } = {},
    ): Promise<Check[]> => {
      let found: Check[] = [];
      await superuser
        .$transaction(async (tx) => {
          // What triggers and foreign keys would say against it.
          await tx.$executeRawUnsafe('SET LOCAL session_replication_role = replica');
          await attack(tx);
          const asked = { policy: log.policy, at: shown.at ?? now(), maxAge: 900n, held: shown.held ?? [] };
          found = failing(await rowsOf(tx), shown.note ?? published(), asked);
          throw new Undo();
        })
        .catch((error: unknown) => {
          if (!(error instanceof Undo)) throw error;
        });
      return found;
    },

    /** The log key's holder shows a tree to a witness, with the best proof there is for it. */
    show: async (url: string | undefined, leaves: readonly Buffer[], from: bigint): Promise<number> => {
      const size = BigInt(leaves.length);
      const proof = makeProof(consistencyParts(from < size ? from : size, size), over(leaves));
      const body = printAddCheckpoint({ oldSize: from, proof, checkpoint: signed(size, rootOf(leaves)) });
      return (await fetch(`${url}add-checkpoint`, { method: 'POST', body })).status;
    },

    /** The rows up to the old size, and forged ones after: what a restored backup and the stolen log key can make. */
    forged: async (more: number): Promise<Buffer[]> => {
      const kept = (await rows()).slice(0, Number(oldSize())).map(({ body }) => leafHash(body));
      return [...kept, ...Array.from({ length: more }, (_, at) => leafHash(`forged ${at}`))];
    },
  };
}

/** A hash of any complete subtree over these leaves: what whoever holds the rows can make. */
export const over =
  (leaves: readonly Buffer[]): HashOf =>
  ({ level, index }) => {
    const width = 2 ** level;
    return rootOf(leaves.slice(Number(index) * width, (Number(index) + 1) * width));
  };
