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
    const rows = await world.people.sql('SELECT 1 FROM log_entry e, log_head h WHERE e.leaf_id = $1::uuid AND h.published_size > e.index', [
      sealed.leafId,
    ]);
    return rows.length > 0;
  });
  return sealed;
}
