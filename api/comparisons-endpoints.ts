import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '#db';
import { Refusal } from '#domain/refusals.ts';
import { namesBehind, shownComparison } from '#prisma/comparison-text.ts';
import type { Admission } from './admission.ts';
import { comparisonRow, comparisonSchema, comparisonView, LOST_MS } from './comparison-shapes.ts';
import { endpoint, signedIn } from './endpoint.ts';
import type { Engine } from './engine.ts';
import { version } from './policy-shapes.ts';
import { byId } from './shapes.ts';

/** A workflow of one step that nobody waits for: what it has not done by then it never does. */
const MINUTES = 12;
/** Names in one answer; more are asked for from where these end. */
const NAMES = 500;
const READERS = ['administrator', 'auditor'] as const;

export interface ComparisonsDeps {
  db: Database;
  engine: Engine;
  admission: Admission;
}

/** What a version of the policy would change over the whole directory. The verifier looks it up, one at a time; here it is asked for and shown. */
export function comparisonsEndpoints({ db, engine, admission }: ComparisonsDeps) {
  const inForce = async () => (await db.policyVersion.findFirst({ where: { inForce: true }, select: { sha256: true } }))?.sha256;
  const view = async (id: string) => {
    const row = await db.policyComparison.findUnique({ where: { id }, select: comparisonRow });
    if (!row) throw new Refusal('not-found');
    return comparisonView(row, { inForce: await inForce(), now: await databaseTime(db) });
  };

  return {
    newest: endpoint(
      {
        summary: 'The newest comparison of a version with the one in force, and the one that is under way, if there is one',
        access: READERS,
        params: version,
        replies: {
          200: {
            description: 'What was found, or how far it is',
            schema: z.object({
              item: comparisonSchema.nullable(),
              underWay: z.object({ id: z.string(), policy: z.string() }).nullable(),
            }),
          },
        },
        refusals: [],
      },
      async (ask) => {
        const { sha256: policy } = ask.params;
        const row = await db.policyComparison.findFirst({ where: { policy }, orderBy: { askedAt: 'desc' }, select: { id: true } });
        const running = await db.policyComparison.findFirst({
          where: { state: 'running', seenAt: { gt: new Date((await databaseTime(db)).getTime() - LOST_MS) } },
          select: { id: true, policy: true },
        });
        return { status: 200, body: { item: row ? await view(row.id) : null, underWay: running } };
      },
    ),

    begin: endpoint(
      {
        summary: 'Have it looked up over the whole directory whom a version would affect; one at a time',
        access: ['administrator'],
        params: version,
        replies: { 202: { description: 'Under way; ask for it again to see how far it is', schema: comparisonSchema } },
        refusals: ['not-found', 'comparison-under-way', 'service-unavailable', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { account } = signedIn(ask);
        await admission.step(`comparisons of ${account}`);
        const { sha256: policy } = ask.params;
        const replaces = await inForce();
        const known = await db.policyVersion.findUnique({ where: { sha256: policy }, select: { sha256: true } });
        if (!known || replaces === undefined) throw new Refusal('not-found');
        const id = randomUUID();
        await takePlace(db, { id, policy, replaces, account });
        // If we crash here, nobody is at it and it is lost after a minute.
        try {
          await engine.start('comparePolicy', `policy-comparison/${id}`, { comparison: id }, MINUTES);
        } catch (error) {
          await endRunning(db, id);
          throw error;
        }
        return { status: 202, body: await view(id) };
      },
    ),

    stop: endpoint(
      {
        summary: 'Stop a comparison that is under way',
        access: ['administrator'],
        params: byId,
        replies: { 200: { description: 'Stopped, or it had ended before', schema: comparisonSchema } },
        refusals: ['not-found'],
        keepNoAnswer: true,
      },
      async (ask) => {
        await endRunning(db, ask.params.id);
        return { status: 200, body: await view(ask.params.id) };
      },
    ),

    names: endpoint(
      {
        summary: 'The accounts behind one number of a comparison',
        access: ['administrator'],
        params: byId,
        query: z.strictObject({
          of: z.enum(['changes', 'noApprover', 'noReplacement', 'firstFactor', 'losing', 'gaining', 'telling', 'taken', 'unready']),
          /** Which of the changes, of what is taken away, or of what stands in the way, counted from nought. */
          change: z.coerce.number().int().min(0).max(10_000).default(0),
          from: z.coerce.number().int().min(0).max(10_000_000).default(0),
        }),
        replies: {
          200: {
            description: `At most ${NAMES}, in the order of the alphabet`,
            schema: z.object({ total: z.int(), names: z.array(z.string()) }),
          },
        },
        refusals: ['not-found'],
      },
      async (ask) => {
        const { of, change, from } = ask.query;
        const row = await db.policyComparison.findUnique({ where: { id: ask.params.id }, select: { body: true, names: true } });
        const found = row?.body == null ? undefined : shownComparison(row.body);
        const lists = found && row?.names != null ? namesBehind(found, row.names) : undefined;
        const list = of === 'changes' || of === 'taken' || of === 'unready' ? lists?.[of]?.[change] : lists?.[of];
        if (!list) throw new Refusal('not-found');
        return { status: 200, body: { total: list.length, names: list.slice(from, from + NAMES) } };
      },
    ),
  };
}

/** The row of a new comparison, when none is under way; one that was lost ends by it. */
async function takePlace(db: Database, asked: { id: string; policy: string; replaces: string; account: string }): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('policy-comparison', 0))`;
    const running = await tx.policyComparison.findMany({ where: { state: 'running' }, select: { id: true, seenAt: true } });
    const now = await databaseTime(tx);
    if (running.some(({ seenAt }) => now.getTime() - seenAt.getTime() <= LOST_MS)) throw new Refusal('comparison-under-way');
    for (const { id } of running) await endRunning(tx, id);
    const { id, policy, replaces, account } = asked;
    await tx.$executeRaw`INSERT INTO policy_comparison (id, policy, replaces, asked_by) VALUES (${id}::uuid, ${policy}, ${replaces}, ${account}::uuid)`;
  });
}

async function endRunning(db: Pick<Database, '$executeRaw'>, id: string): Promise<void> {
  await db.$executeRaw`UPDATE policy_comparison SET state = 'stopped', ended_at = now() WHERE id = ${id}::uuid AND state = 'running'`;
}

async function databaseTime(db: Pick<Database, '$queryRaw'>): Promise<Date> {
  const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return row?.now ?? new Date();
}
