import { isLift, standingAct, type Halt } from '#domain/halt.ts';
import type { OfficerPart } from '#domain/attestation.ts';
import { JOINT_ACT_SECONDS, type JointDeed } from '#domain/joint-act.ts';
import type { AccountFacts } from '#domain/account.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Account } from '#prisma/leaves.ts';
import type { Prisma, Transaction } from '#db';
import { signedHalts } from '#prisma/joint-acts.ts';
import { campaignKind } from './campaign-kind.ts';
import type { VerifierDeps } from './deps.ts';
import { delegationKind } from './joint-delegation.ts';
import { whyNotOfficer } from './officers.ts';
import type { Person } from './people.ts';

/** A joint act as it takes effect. */
export interface Effected {
  id: string;
  proposed: OfficerPart;
  confirmed: OfficerPart;
  /** Who proposed and who confirmed, in this order. */
  officers: readonly [Person, Person];
}

/** What is particular to one kind of joint act. */
export interface JointKind {
  /** What the first officer signs, and the second. */
  proposes: JointDeed;
  confirms: JointDeed;
  row: { kind: string; subject: string; shown?: Prisma.InputJsonObject };
  /** Why somebody may have no part in it, by the directory as it is now. */
  whyNotThem: (person: Person | undefined) => Promise<RefusalCode | undefined>;
  /** What somebody is told who wants to be the second one too. */
  ownAct: RefusalCode;
  /** So many seconds the second one has. */
  seconds: number;
  /** What the verifier signs of it, besides who and when; and what leaves say. */
  body: Record<string, Json>;
  about: { do: Record<string, Json>; account?: Account | undefined };
  /** Reads of these officers what the directory has to say; answers why they may not do it, by what is true at the moment. */
  whyNot: (officers: readonly AccountFacts[]) => Promise<(tx: Transaction, now: Date) => Promise<RefusalCode | undefined>>;
  /** Whether only the keys of both count, or a one-time code does too. */
  needsKeys: (tx: Transaction) => Promise<boolean>;
  /** The moment from which it stands. */
  moment: (tx: Transaction, now: string) => Promise<string>;
  /** Answers what the leaf says besides. */
  takeEffect: (tx: Transaction, of: Effected) => Promise<Record<string, string>>;
}

/** The kind of a joint act, with whatever the directory has to say of it. */
export async function jointKind(deps: VerifierDeps, deed: JointDeed): Promise<JointKind> {
  if ('campaign' in deed) return campaignKind(deps, deed.campaign);
  return 'halts' in deed ? haltKind(deps, deed) : delegationKind(deps, deed.delegate);
}

/** An emergency stop, or its lifting. What halts more may be confirmed by code: an officer without their key must be able to stop. */
function haltKind(deps: VerifierDeps, { halts }: { halts: Halt }): JointKind {
  const { keys } = deps;
  return {
    proposes: { halts },
    confirms: { halts },
    whyNotThem: (person) => whyNotOfficer(deps, person),
    ownAct: 'second-officer-needed',
    seconds: JOINT_ACT_SECONDS,
    row: { kind: 'halt', subject: halts },
    body: { halts },
    about: { do: { kind: 'halt', halts } },
    whyNot: async () => async () => undefined,
    needsKeys: async (tx) => isLift(halts, standingAct(await signedHalts(tx, keys.checking))?.halts ?? 'nothing'),
    // Later than every act before it, whatever the clock says.
    moment: async (tx, now) => {
      const before = (await signedHalts(tx, keys.checking)).map(({ at }) => Date.parse(at) + 1);
      return new Date(Math.max(Date.parse(now), ...before)).toISOString();
    },
    takeEffect: async () => ({}),
  };
}
