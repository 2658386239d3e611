import type { ToldPerson } from '#activities/policy/whom-to-tell.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { MessageOutcome } from '#domain/message.ts';
import { plainAddress } from '#domain/message-words.ts';
import type { Transaction } from '#db';
import type { NewLeaf } from '#prisma/leaves.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { rolesOf } from './roles.ts';

/** So many in one transaction: a group of thousands does not hold the chain of a reset's leaves for long. */
const AT_ONCE = 25;

export interface Told {
  of: { resetId: string } | { factorTellingId: string };
  moment: string;
  outcome: MessageOutcome;
  /** The name of whose account it is. */
  account: string;
  /** When the wait ends that it tells of (RFC 3339). */
  until: string | null;
}

/**
 * Leaves a message for each of these people, with its leaf, once a person however often this is called: in the console, and for the mail relay where there is
 * one. `about`: what the leaf is of. Answers how many were told by this call. If we crash on the way, some were told, and the next call tells the others.
 */
export async function leaveMessages(
  deps: VerifierDeps,
  what: Told,
  about: Pick<NewLeaf, 'reset' | 'account'>,
  people: readonly ToldPerson[],
): Promise<number> {
  const told = reached(deps, people);
  let sent = 0;
  for (let from = 0; from < told.length; from += AT_ONCE) {
    const some = told.slice(from, from + AT_ONCE);
    const sees = await Promise.all(some.map(async ({ person }) => (await rolesOf(deps, person)).length > 0));
    sent += await deps.db.$transaction(async (tx) => {
      let left = 0;
      for (const [index, one] of some.entries()) if (await leave(tx, what, about, one, sees[index] === true)) left += 1;
      return left;
    });
  }
  return sent;
}

/** Somebody to be told, with what is done about their mail. */
type Reached = ToldPerson & { mail: { to: string } | 'no-address' | 'not-by-mail' };

/** With an address for each, unless somebody before has the same: who has two accounts gets one mail. */
function reached({ tellsByMail }: VerifierDeps, told: readonly ToldPerson[]): Reached[] {
  const taken = new Set<string>();
  return told.map((one) => {
    const to = plainAddress(one.person.mail);
    if (!tellsByMail || (to !== undefined && taken.has(to.toLowerCase()))) return { ...one, mail: 'not-by-mail' };
    if (to === undefined) return { ...one, mail: 'no-address' };
    taken.add(to.toLowerCase());
    return { ...one, mail: { to } };
  });
}

/** `sees`: whether they can sign in to the console, where it is shown. False when they were told before. */
async function leave(
  tx: Transaction,
  { of, moment, outcome, account, until }: Told,
  about: Pick<NewLeaf, 'reset' | 'account'>,
  { person, by, mail }: Reached,
  sees: boolean,
): Promise<boolean> {
  const id = uuidv7();
  // The address stays until the relay has taken the mail, and goes then.
  const waiting = typeof mail === 'object' ? { mailState: 'waiting', mailTo: mail.to } : {};
  const data = [{ id, ...of, moment, outcome, person: person.guid, personSid: person.sid, toldBy: by, account, until, ...waiting }];
  if ((await tx.message.createMany({ data, skipDuplicates: true })).count === 0) return false;
  const facts = { message: id, says: outcome, to: { guid: person.guid, sid: person.sid }, by };
  const leaf = { type: 'message.sent', ...about, actor: { type: 'service', name: VERIFIER } } as const;
  const seen = sees ? ({ outcome: 'success' } as const) : ({ outcome: 'failure', reason: 'no-console-role' } as const);
  await recordLeaf(tx, { ...leaf, ...seen, do: { ...facts, channel: 'console' } }, VERIFIER);
  if (mail === 'no-address')
    await recordLeaf(tx, { ...leaf, outcome: 'failure', reason: 'no-address', do: { ...facts, channel: 'mail' } }, VERIFIER);
  await tx.$executeRaw`SELECT pg_notify('countersign', ${`messages:${person.guid}`})`;
  return true;
}
