import { z } from 'zod';
import type { RefusalCode } from '#domain/refusals.ts';
import type { DelegationAnswer } from '#workflows/messages.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { delegationRefusals, delegationSchema, delegationView, newDelegation, ownFactor, sealedFactor } from './delegation-shapes.ts';
import { endpoint, signedIn } from './endpoint.ts';
import { beginCeremony, confirmationWith, ownKeys } from './own-keys.ts';
import { confirmation } from './passkey-shapes.ts';
import { carryOut } from './sealed-deed.ts';
import { byId, moment } from './shapes.ts';

const done = z.object({ id: z.string(), message: z.string() });
type Done = Extract<DelegationAnswer, { outcome: 'done' }>;
const refusals = [
  'account-not-active',
  'factor-not-accepted',
  'passkey-not-accepted',
  'passkey-not-verified',
  'passkey-synced',
  'ceremony-over',
  'service-unavailable',
  'too-many-requests',
] as const satisfies readonly RefusalCode[];

/** What is over is shown for so long. */
const SHOWN_MS = 90 * 86_400_000;

/** Who decides in one's own place, and in whose place one decides. Whether it may be is the verifier's to say; here it is asked for. */
export function delegationsEndpoints(deps: ConsoleDeps) {
  const { db, admission, relyingParty } = deps;

  return {
    list: endpoint(
      {
        summary: "One's own delegations, and those to oneself",
        access: ['approver'],
        replies: {
          200: {
            description: 'Those that are not over first, by their end; what is over is shown for 90 days',
            schema: z.object({ mine: z.array(delegationSchema), toMe: z.array(delegationSchema) }),
          },
        },
        refusals: [],
      },
      async (ask) => {
        const { account } = signedIn(ask);
        const now = new Date();
        const rows = await db.delegation.findMany({
          where: { OR: [{ fromGuid: account }, { toGuid: account }], until: { gt: new Date(now.getTime() - SHOWN_MS) } },
          orderBy: { until: 'desc' },
          take: 200,
        });
        const isOver = ({ state }: { state: string }) => state !== 'running' && state !== 'to-come';
        const views = rows.map((row) => delegationView(row, now)).toSorted((a, b) => Number(isOver(a)) - Number(isOver(b)));
        return {
          status: 200,
          body: { mine: views.filter(({ from }) => from === account), toMe: views.filter(({ to }) => to === account) },
        };
      },
    ),

    begin: endpoint(
      {
        summary: 'Begin to make or end a delegation with a key: what the browser is to ask it',
        access: ['approver'],
        body: z.strictObject({ deed: z.enum(['make', 'end']) }),
        replies: {
          201: {
            description: 'A ceremony, good for one use within minutes',
            schema: z.object({ ceremony: z.string(), account: z.string(), notAfter: moment, confirmation }),
          },
        },
        refusals: ['too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { account } = signedIn(ask);
        await admission.step(`ceremonies of ${account}`);
        const ceremony = await beginCeremony(db, account, `delegation/${ask.body.deed}`);
        return { status: 201, body: { ...ceremony, confirmation: confirmationWith(relyingParty, await ownKeys(db, account)) } };
      },
    ),

    make: endpoint(
      {
        summary: "Let another person decide in one's place, confirmed with one's own key or authenticator",
        access: ['approver'],
        body: newDelegation,
        replies: { 201: { description: 'It runs from its beginning on', schema: done } },
        refusals: [...refusals, 'role-needed', ...delegationRefusals, 'delegation-too-soon'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const session = signedIn(ask);
        await admission.step(`delegations of ${session.account}`);
        const { by, ...typed } = ask.body;
        const value = { ...typed, account: session.account, by: sealedFactor(by), source: ask.source };
        const { delegation: id } = await carryOut<Done>(deps, 'delegate', 'delegation', { session, nonce: ask.nonce, value });
        return {
          status: 201,
          body: { id, message: 'Your delegation is recorded. You can still decide yourself, and withdraw it at any time.' },
        };
      },
    ),

    end: endpoint(
      {
        summary: 'Withdraw a delegation that one made, or decline one that one got',
        access: ['approver'],
        params: byId,
        body: z.strictObject({ by: ownFactor }),
        replies: { 200: { description: 'It has ended', schema: done } },
        refusals: [...refusals, 'role-needed', 'not-found'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const session = signedIn(ask);
        await admission.step(`delegations of ${session.account}`);
        const value = { account: session.account, delegation: ask.params.id, by: sealedFactor(ask.body.by), source: ask.source };
        const { delegation: id } = await carryOut<Done>(deps, 'undelegate', 'delegation-end', { session, nonce: ask.nonce, value });
        return { status: 200, body: { id, message: 'The delegation has ended. Nobody decides under it from now on.' } };
      },
    ),
  };
}
