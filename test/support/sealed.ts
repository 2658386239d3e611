import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCheckpoint } from '#evidence/checkpoint.ts';
import { parseNote } from '#evidence/signed-note.ts';
import { tilesFolder } from '#ops/setup/log-keys.ts';
import { until } from './holds.ts';
import type { World } from './world.ts';

export interface Sealed {
  runId: string;
  workflowId: string;
  sha256: string;
  leafId: string;
  /** The leaf's text. */
  body: string;
}

/** Every row that says that a run of this workflow is sealed, with its leaf. */
export async function sealedOf(world: World, workflowId: string): Promise<Sealed[]> {
  return world.people.sql<{ runId: string } & Sealed>(
    `SELECT s.run_id::text AS "runId", s.workflow_id AS "workflowId", s.sha256, s.leaf_id::text AS "leafId", l.body
     FROM sealed_history s JOIN leaf l ON l.id = s.leaf_id WHERE s.workflow_id = $1`,
    [workflowId],
  );
}

/** Waits until the workflow is sealed, and its leaf in the published log. */
export async function sealedAndPublished(world: World, workflowId: string): Promise<Sealed> {
  let found: Sealed | undefined;
  await until(`${workflowId} is sealed`, async () => {
    [found] = await sealedOf(world, workflowId);
    return found !== undefined;
  });
  const sealed = found as Sealed; // until() has seen it
  await until(`the leaf of ${workflowId} is published`, async () => {
    const [entry] = await world.people.sql<{ index: string }>('SELECT index::text FROM log_entry WHERE leaf_id = $1::uuid', [
      sealed.leafId,
    ]);
    // By the file, which is written after the row: whoever reads the folder goes by it.
    const { text } = parseNote(readFileSync(join(tilesFolder(world.stack.state), 'checkpoint')));
    return entry !== undefined && parseCheckpoint(text).size > BigInt(entry.index);
  });
  return sealed;
}
