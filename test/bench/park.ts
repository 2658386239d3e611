import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { IdentifiedAccount, VerifierActivities } from '#activities/contract.ts';
import { historyConverter } from '#history/converter.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import type { Cast } from '#test/support/people.ts';
import type { Server } from '#test/support/temporal.ts';
import { resetWorkflowId, TASK_QUEUES, UPDATES, type Reply, type ResetInput, type Typed } from '#workflows/messages.ts';

/** Answers at once what the verifier is asked up to the approval. While it stands in, the verifier's own process must be down. */
export interface StandIn {
  stop: () => Promise<void>;
}

const DAY = 86_400;
const STAGES = ['manager', 'security-officer'];

export async function standInForVerifier(address: string, { keys }: Server, people: Cast): Promise<StandIn> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } } });
  const [policy] = await people.sql<{ sha256: string }>('SELECT sha256 FROM policy_version WHERE in_force');
  const sha256 = policy?.sha256 ?? '';
  const identified = (): IdentifiedAccount => ({
    account: randomUUID(),
    isProtected: true,
    rule: 'privileged',
    policy: sha256,
    accept: [{ name: 'recovery code and authenticator', proofs: ['recovery-code'], factors: ['totp'] }],
    stages: STAGES.map((label) => ({ label, needs: 1, beside: false })),
    longest: 3 * DAY,
    whyNot: null,
    timers: { unproven: 600, choosePassword: 1800, sealedPassword: 300 },
    attempts: { proofs: 5, factors: 5, passwords: 10 },
  });
  const activities: Pick<VerifierActivities, 'identify' | 'checkProof' | 'checkFactor' | 'requestApprovals' | 'tell'> = {
    identify: () => Promise.resolve(identified()),
    checkProof: () => Promise.resolve({ outcome: 'passed', attestation: randomUUID(), method: 'recovery-code' }),
    checkFactor: () => Promise.resolve({ outcome: 'passed', attestation: randomUUID(), method: 'totp' }),
    async requestApprovals({ reset }) {
      await people.sql(
        `INSERT INTO approval (id, reset_id, stage, label, state, eligible, eligible_names, claimant_groups)
         SELECT gen_random_uuid(), $1::uuid, stage - 1, label, 'not-reached', ARRAY[$2::text], ARRAY['Somebody'], '{}'
         FROM unnest($3::text[]) WITH ORDINALITY AS asked (label, stage)`,
        [reset, randomUUID(), STAGES],
      );
      return { outcome: 'requested' };
    },
    // These accounts are nobody's.
    async tell(asked) {
      if ('factors' in asked) await people.sql('UPDATE factor_telling SET done_at = now() WHERE id = $1::uuid', [asked.factors]);
      else await people.sql('UPDATE telling SET done_at = now() WHERE reset_id = $1::uuid AND moment = $2', [asked.reset, asked.moment]);
      return { outcome: 'told', people: 0 };
    },
  };
  const connection = await NativeConnection.connect({ address });
  const workers = await Promise.all(
    [TASK_QUEUES.verify, TASK_QUEUES.approvals].map((taskQueue) =>
      Worker.create({ connection, namespace: 'countersign', taskQueue, activities, dataConverter: historyConverter(keys) }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  return {
    async stop() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await connection.close();
    },
  };
}

type PasswordReset = (input: ResetInput) => Promise<string>;
const LANES = 16;
const BATCH = 160;

/**
 * Parks so many protected resets at their first approval, on the product's own queues, worker and workflow code, or as many
 * as are parked when the time is up. Answers their ids.
 */
export async function park(
  { client }: Pick<Server, 'client'>,
  people: Cast,
  of: { count: number; until: number; say: (parked: number) => void },
): Promise<string[]> {
  const parked: string[] = [];
  let said = Date.now();
  while (parked.length < of.count && Date.now() < of.until) {
    const batch = Array.from({ length: Math.min(BATCH, of.count - parked.length) }, () => uuidv7());
    // What the API and identify write of a reset, as far as the worker reads it.
    await people.sql(
      `INSERT INTO reset (id, reference, browser_hash, next, source, account_guid, account_sid, account_name, display_name, protected_by, rule_id, policy_sha256)
       SELECT id, id::text, '\\x00', '{}', '127.0.0.1', gen_random_uuid(), 'S-1-5-21-1-2-3-4', 'bench', 'Bench', 'group', 'privileged', sha256
       FROM unnest($1::uuid[]) AS id, policy_version WHERE in_force`,
      [batch],
    );
    const waiting = [...batch];
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (let reset = waiting.pop(); reset; reset = waiting.pop()) await parkOne(client, reset);
      }),
    );
    parked.push(...batch);
    if (Date.now() - said > 60_000) {
      said = Date.now();
      of.say(parked.length);
    }
  }
  return parked;
}

async function parkOne(client: Client, reset: string): Promise<void> {
  const workflowId = resetWorkflowId(reset);
  const args: [Typed] = [{ sealed: reset }];
  const startWorkflowOperation = new WithStartWorkflowOperation<PasswordReset>('passwordReset', {
    workflowId,
    taskQueue: TASK_QUEUES.reset,
    args: [{ reset }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  startWorkflowOperation.workflowHandle().catch(() => {}); // the same failure is thrown below
  await untilAnswered(() =>
    client.workflow.executeUpdateWithStart<PasswordReset, Reply, [Typed]>(UPDATES.begin, {
      updateId: 'begin',
      args,
      startWorkflowOperation,
    }),
  );
  const handle = client.workflow.getHandle(workflowId);
  for (const step of [UPDATES.prove, UPDATES.checkFactor] as const)
    await untilAnswered(() => handle.executeUpdate<Reply, [Typed]>(step, { updateId: step, args }));
}

/** A busy server may let a request wait too long; under the same id it is carried out once. */
async function untilAnswered(ask: () => Promise<Reply>): Promise<void> {
  for (let left = 5; ; left--) {
    try {
      const reply = await ask();
      if (reply.outcome !== 'ok') throw new Error(`a step of a parked reset was refused: ${reply.code}`);
      return;
    } catch (error) {
      if (left === 0) throw error;
      await setTimeout(1000); // leaves the server to what it is busy with
    }
  }
}
