import { z } from 'zod';
import type { Database } from '#db';
import { Refusal } from '#domain/refusals.ts';
import { READERS } from './audit-endpoints.ts';
import { endpoint, signedIn } from './endpoint.ts';
import { checkpoint, lastCheckpoint } from './last-checkpoint.ts';
import { openedLeaf, openingsOf } from './openings.ts';
import { createReadings, recordReading } from './readings.ts';
import { evidenceOf, resetEvidence } from './reset-evidence.ts';
import { byId } from './shapes.ts';

export interface EvidenceDeps {
  db: Database;
  /** The log as files (C2SP tlog-tiles), and who vouches for it (tlog-policy). */
  tilesFolder: string;
  trustPolicyFile: string;
}

/** What an auditor takes from the console to verify: leaves with their proofs, the last checkpoint, and openings of personal data. */
export function evidenceEndpoints({ db, tilesFolder, trustPolicyFile }: EvidenceDeps) {
  const record = createReadings(db);
  return {
    ofReset: endpoint(
      {
        summary: 'The leaves of a reset, verbatim, with their places in the log and the proofs of them',
        access: READERS,
        params: byId,
        replies: { 200: { description: 'The evidence', schema: resetEvidence } },
        refusals: ['not-found'],
      },
      async (ask) => {
        const { id } = ask.params;
        const known = await db.reset.findUnique({ where: { id }, select: { id: true } });
        if (!known) throw new Refusal('not-found');
        await record(signedIn(ask), { kind: 'evidence', facts: { reset: id } });
        return { status: 200, body: await evidenceOf(db, tilesFolder, id) };
      },
    ),

    checkpoints: endpoint(
      {
        summary: 'The last checkpoint that the quorum has cosigned, with who cosigned it and when',
        access: [...READERS, 'operator'],
        replies: { 200: { description: 'One, or none yet', schema: z.object({ items: z.array(checkpoint) }) } },
        refusals: [],
      },
      async () => {
        const last = await lastCheckpoint(db, trustPolicyFile);
        return { status: 200, body: { items: last ? [last] : [] } };
      },
    ),

    openings: endpoint(
      {
        summary: 'What a leaf commits to of personal data, opened as far as it was not erased',
        access: ['auditor'],
        params: byId,
        replies: { 200: { description: 'Opened, or erased', schema: openedLeaf } },
        refusals: ['not-found'],
      },
      async (ask) => {
        const leaf = await db.leaf.findUnique({ where: { id: ask.params.id }, select: { id: true, body: true } });
        if (!leaf) throw new Refusal('not-found');
        // Each look at a person's data stands in the log by itself: the same transaction records it and opens.
        const body = await db.$transaction(async (tx) => {
          await recordReading(tx, signedIn(ask), { kind: 'openings', facts: { leaf: leaf.id } });
          return openingsOf(tx, leaf);
        });
        return { status: 200, body };
      },
    ),
  };
}
