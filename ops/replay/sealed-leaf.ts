import { z } from 'zod';
import { RUN_ID } from '#activities/seal/history-file.ts';
import { canonicalOrNothing } from '#evidence/jcs.ts';
import type { LoggedLeaf } from './published-log.ts';

const number = z.string().regex(/^\d{1,15}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const leaf = z.looseObject({
  type: z.literal('history.sealed'),
  outcome: z.enum(['success', 'failure']),
  t: z.looseObject({ wall: z.iso.datetime() }),
  wf: z.looseObject({ ns: z.string(), id: z.string(), run: z.string().regex(RUN_ID) }),
  do: z.looseObject({}).optional(),
});
const sealed = z.looseObject({
  type: z.string(),
  ended: z.string(),
  events: number,
  last: number,
  sha256,
  bundle: sha256.nullable(),
  keys: z.array(z.string()),
});

/** What the log says of one sealed history. */
export interface SealedLeaf {
  logged: LoggedLeaf;
  sealedAt: Date;
  namespace: string;
  workflowId: string;
  runId: string;
  /** Undefined when Temporal had the history no more. */
  history: { ended: string; events: number; last: number; sha256: string; bundle: string | null; keys: string[] } | undefined;
}

/** The leaf `history.sealed` in a text; undefined for every other leaf, `unreadable` for one that says it in another form. */
export function readSealedLeaf(logged: LoggedLeaf): SealedLeaf | 'unreadable' | undefined {
  // Most leaves are others, and a log may hold millions.
  if (!logged.text.includes('"type":"history.sealed"')) return undefined;
  const read = leaf.safeParse(canonicalOrNothing(logged.text));
  if (!read.success) return 'unreadable';
  const said = read.data;
  const facts = sealed.safeParse(said.do);
  if (said.outcome === 'success' && !facts.success) return 'unreadable';
  const history = said.outcome === 'success' ? facts.data : undefined;
  return {
    logged,
    sealedAt: new Date(said.t.wall),
    namespace: said.wf.ns,
    workflowId: said.wf.id,
    runId: said.wf.run,
    history: history && { ...history, events: Number(history.events), last: Number(history.last) },
  };
}
