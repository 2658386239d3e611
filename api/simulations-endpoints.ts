import { z } from 'zod';
import type { Database } from '#db';
import { DOORS, FLAGS } from '#domain/circumstances.ts';
import type { SimulationAnswer } from '#domain/policy-simulation.ts';
import { Refusal } from '#domain/refusals.ts';
import { TELL_WHEN } from '#domain/telling.ts';
import type { SimulatePolicyAnswer } from '#workflows/messages.ts';
import type { Admission } from './admission.ts';
import { endpoint, signedIn } from './endpoint.ts';
import type { Engine } from './engine.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { version } from './policy-shapes.ts';
import type { Sealer } from './seal.ts';
import { carryOut } from './sealed-deed.ts';
import { factorMethod, moment, operation, proofMethod, refusalCode } from './shapes.ts';
import { text } from './typed.ts';

const answer = z.enum(['yes', 'no', 'unknown']);
const timer = z.object({ at: moment, do: z.enum(['remind', 'escalate', 'expire']), tier: z.int().optional() });
const stages = z.array(
  z.object({
    label: z.string(),
    needs: z.int(),
    beside: z.boolean(),
    calendar: z.string().nullable(),
    people: z.array(z.object({ name: z.string(), later: z.boolean(), needsKey: z.boolean(), why: refusalCode.nullable() })),
    timers: z.array(timer),
  }),
);

export const simulationSchema = z.union([
  z.object({ found: z.literal(false), similar: z.array(z.object({ accountName: z.string(), name: z.string() })) }),
  z.object({
    found: z.literal(true),
    name: z.string(),
    accountName: z.string(),
    isProtected: z.boolean(),
    networks: z.array(z.string()),
    at: moment,
    served: z.boolean(),
    rules: z.array(
      z.object({
        id: z.string(),
        answer,
        conditions: z.array(z.object({ words: z.string(), answer })),
        missing: z.array(z.string()),
      }),
    ),
    rule: z.string().nullable(),
    may: z.array(operation),
    ways: z.array(
      z.object({
        name: z.string(),
        proofs: z.array(proofMethod),
        factors: z.array(factorMethod),
        lacks: z.array(z.union([proofMethod, factorMethod])),
        alone: z.boolean(),
      }),
    ),
    state: refusalCode.nullable(),
    stages,
    feasible: z.boolean(),
    replacement: z.object({ words: z.string(), stages, feasible: z.boolean() }).nullable(),
    /** The condition by which somebody who holds nothing today would set up a first app with the password alone. */
    firstFactor: z.string().nullable(),
    telling: z.array(z.object({ when: z.enum(TELL_WHEN), whom: z.array(z.string()), people: z.array(z.string()) })),
    password: z
      .object({
        demands: z.object({ minLength: z.int(), siteWords: z.array(z.string()) }),
        directory: z.object({
          source: z.enum(['domain', 'fine-grained', 'unreadable']),
          minLength: z.int(),
          complexity: z.boolean(),
          historyLength: z.int(),
        }),
      })
      .nullable(),
  }),
]);

export interface SimulationsDeps {
  db: Database;
  hash: KeyedHash;
  sealer: Sealer;
  engine: Engine;
  admission: Admission;
}

/** What a version of the policy would do with one account. The verifier looks it up; what it answers is shown once and erased. */
export function simulationsEndpoints(deps: SimulationsDeps) {
  const { db, admission } = deps;
  return {
    ask: endpoint(
      {
        summary: 'Say what a version of the policy would do with one account under some circumstances',
        access: ['administrator'],
        params: version,
        body: z.strictObject({
          account: text(256),
          /** Names of networks of this version; others are left out. */
          networks: z.array(text(200)).max(50).default([]),
          via: z.enum(DOORS).default('portal'),
          /** Now if left out. */
          at: z.iso.datetime().optional(),
          /** The account's own if left out. */
          flags: z.array(z.enum(FLAGS)).max(FLAGS.length).optional(),
        }),
        replies: { 200: { description: 'What would happen, or which accounts the name could mean', schema: simulationSchema } },
        refusals: ['not-found', 'account-not-active', 'role-needed', 'service-unavailable', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const session = signedIn(ask);
        const { account } = session;
        await admission.step(`simulations of ${account}`);
        const { account: name, ...supposed } = ask.body;
        const value = { account, policy: ask.params.sha256, name, ...supposed, source: ask.source };
        const asked = { session, nonce: ask.nonce, value };
        const done = await carryOut<Extract<SimulatePolicyAnswer, { outcome: 'done' }>>(deps, 'simulatePolicy', 'policy-simulation', asked);
        const row = await db.policySimulation.findUnique({ where: { id: done.simulation } });
        if (row?.askedBy !== account) throw new Refusal('service-unavailable');
        await db.policySimulation.deleteMany({ where: { id: row.id } });
        return { status: 200, body: JSON.parse(row.body) as SimulationAnswer }; // written by the verifier with this type
      },
    ),
  };
}
