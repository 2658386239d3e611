import type { SeenAccount } from '#activities/directory/changed-accounts.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { momentOfFileTime, whoseChanges, type WhoseChanges } from '#domain/whose-change.ts';
import type { Database, Transaction } from '#db';
import { VERIFIER } from '../verify/deps.ts';
import { recordUnexplained } from './unexplained.ts';

/** One that is not used yet, as its row has it. */
export interface EventSeen {
  id: string;
  at: Date;
  action: 'change' | 'reset';
  actorSid: string;
  address: string | null;
  controller: string;
}

/** Of a look: whether controllers' events are collected at all, and who is who. */
export interface Knowing {
  collected: boolean;
  /** SIDs of the accounts that our writers bind with. */
  writers: ReadonlySet<string>;
  nameOf: (sid: string) => Promise<string>;
}

/** How long a change waits for an event that says whose it was: the next look, five minutes later, decides. */
export const EVENT_WAIT_SECONDS = 4 * 60;

export type Told = WhoseChanges<EventSeen> & { names: ReadonlyMap<string, string> };

/** Whose the changes around us are by the events that were taken. `matched`: how many changes since then are ours. */
export async function whoChanged(
  db: Database,
  { writers, nameOf }: Knowing,
  account: SeenAccount,
  changes: { around: number; matched: number; before: string | undefined },
): Promise<Told> {
  const events = (await db.passwordEvent.findMany({
    where: { accountGuid: account.guid, used: false },
    orderBy: { at: 'asc' },
  })) as EventSeen[];
  const whose = whoseChanges(events, {
    account: account.sid,
    around: changes.around,
    ours: changes.matched,
    writers,
    since: changes.before === undefined ? undefined : momentOfFileTime(changes.before),
    until: momentOfFileTime(account.pwdLastSet),
  });
  const names = new Map<string, string>();
  for (const { actorSid } of whose.byOthers) names.set(actorSid, await nameOf(actorSid));
  return { ...whose, names };
}

/** What a change that is noted needs no more. */
export async function useEvents(tx: Transaction, account: SeenAccount): Promise<void> {
  const until = momentOfFileTime(account.pwdLastSet);
  const at = until ? { at: { lte: new Date(until.getTime() + 2000) } } : {};
  await tx.passwordEvent.updateMany({ where: { accountGuid: account.guid, used: false, ...at }, data: { used: true } });
}

/** Somebody changed their own: no alarm, and a leaf each, so that every change in the directory has one. */
export async function recordOwner(tx: Transaction, { guid, sid }: SeenAccount, event: EventSeen): Promise<void> {
  await recordLeaf(
    tx,
    {
      type: 'directory.changed-by-owner',
      outcome: 'success',
      actor: { type: 'service', name: VERIFIER },
      account: { guid, sid },
      do: { at: event.at.toISOString(), controller: event.controller },
      ...(event.address === null ? {} : { personal: { address: event.address } }),
    },
    VERIFIER,
  );
}

/** Somebody else set it: an alarm each time, that names them and where they sat. */
export async function recordOther(
  tx: Transaction,
  { guid, sid }: SeenAccount,
  event: EventSeen,
  { names }: Told,
  name: string | undefined,
): Promise<void> {
  const { id, actorSid, action, at, address, controller } = event;
  await recordUnexplained(tx, {
    alarm: 'password-reset-around',
    subject: `${guid} ${id}`,
    account: { guid, sid },
    name,
    about: eventInWords(event, names),
    from: address ?? undefined,
    do: { by: actorSid, action, at: at.toISOString(), controller },
  });
}

/** "Set by Ada West from 192.0.2.7, at dc1.example.bank." */
export function eventInWords({ action, actorSid, address, controller }: EventSeen, names: ReadonlyMap<string, string>): string {
  const by = names.get(actorSid) ?? actorSid;
  const what = action === 'reset' ? `Set by ${by}` : `Changed with the old password by ${by}`;
  return `${what}${address === null ? '' : ` from ${address}`}, at ${controller}.`;
}
