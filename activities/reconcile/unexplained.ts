import { recordLeaf } from '#activities/record-leaf.ts';
import { raiseAlarm } from '#activities/raise-alarm.ts';
import type { AlarmKind } from '#domain/alarm.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import type { Account } from '#prisma/leaves.ts';
import { VERIFIER } from '../verify/deps.ts';

/** What nothing recorded explains. */
export interface Unexplained {
  alarm: AlarmKind;
  /** Raised once for each kind and subject. */
  subject: string;
  account?: Account;
  /** The account's name, for people's eyes. */
  name?: string | undefined;
  /** What exactly, in words for people's eyes. */
  about?: string | undefined;
  /** The address that it came from; the leaf only commits to it. */
  from?: string | undefined;
  do: Record<string, Json>;
}

/** Records what nothing explains, with the evidence for it, and calls officers and administrators: in the transaction that notes it as seen, so that neither is lost. */
export async function recordUnexplained(
  tx: Transaction,
  { alarm, subject, account, name, about, from, do: facts }: Unexplained,
): Promise<void> {
  const actor = { type: 'service', name: VERIFIER } as const;
  const personal = from === undefined ? {} : { personal: { address: from } };
  await recordLeaf(
    tx,
    { type: 'directory.unexplained', outcome: 'failure', reason: alarm, actor, account, do: facts, ...personal },
    VERIFIER,
  );
  const shown = { ...(name === undefined ? {} : { account: name }), ...(about === undefined ? {} : { about }) };
  await raiseAlarm(tx, { kind: alarm, subject, ...shown, do: account ? { ...facts, account: account.guid } : facts }, VERIFIER);
}
