import { z } from 'zod';
import type { Database, Prisma } from '#db';
import { parentOf } from '#domain/account.ts';
import { requestCode } from '#domain/request-code.ts';
import { stagesFor } from '#domain/factor-replacement.ts';
import { operationOf } from '#domain/operation.ts';
import { dueTimers } from '#domain/stage-timers.ts';
import { networksOf } from '#prisma/networks.ts';
import { policyVersion } from '#prisma/policies.ts';
import { approvalSchema, type ApprovalRow } from './approvals-view.ts';
import { decisionsOf, delegateNames } from './decisions.ts';
import { shownState, visibleTo } from './resets-view.ts';
import { nameOfSource } from './portal-at-device.ts';
import type { SignedIn } from './sessions.ts';
import { moment, resetState } from './shapes.ts';

const pastDecision = z.object({
  /** About the same account; or under the same rule, at the same stage, in the same unit. */
  same: z.enum(['account', 'kind']),
  reset: z.string(),
  accountName: z.string().nullable(),
  label: z.string(),
  by: z.string(),
  inPlaceOf: z.string().optional(),
  decision: z.enum(['approve', 'deny']),
  at: moment,
  reason: z.string().optional(),
});
type PastDecision = z.infer<typeof pastDecision>;

const openRequest = z.object({
  reset: z.string(),
  requestCode: z.string(),
  accountName: z.string().nullable(),
  state: resetState,
  startedAt: moment,
});

/** An approval with what stands around it. Of other resets it names those that this person may see anyway. */
export const approvalInContext = approvalSchema.extend({
  /** When it reminds, lets more people decide, and ends; empty where it waits for nobody. */
  clock: z.array(z.object({ at: moment, do: z.enum(['remind', 'escalate', 'expire']) })),
  /** Names of the policy's networks in which the request's source lies. */
  networks: z.array(z.string()),
  /** Devices of the account that may hold the old password. */
  devices: z.array(z.object({ name: z.string(), platform: z.string() })),
  /** The device at whose login screen it was begun, as that device signed. */
  sourceDevice: z.string().nullable(),
  similar: z.array(pastDecision),
  /** Other resets from the same source that have not ended: how many, and those that this person may see. */
  fromSameSource: z.object({ count: z.int(), seen: z.array(openRequest) }),
});

const MOST_DECISIONS = 5;
const MOST_REQUESTS = 10;

/** What an approver wants to know besides the request itself. */
export async function contextOf(db: Database, session: SignedIn, row: ApprovalRow) {
  const visible = await visibleTo(db, session);
  const { accountGuid, source } = row.reset;
  const [times, devices, sourceDevice, similar, fromSameSource] = await Promise.all([
    clockAndNetworks(db, row),
    accountGuid
      ? db.device.findMany({
          where: { accountGuid },
          orderBy: { name: 'asc' },
          take: MOST_REQUESTS,
          select: { name: true, platform: true },
        })
      : [],
    nameOfSource(db, row.resetId),
    similarDecisions(db, visible, row),
    otherRequests(db, visible, { source, except: row.resetId }),
  ]);
  return { ...times, devices, sourceDevice, similar, fromSameSource };
}

/** The same list as activities/record/stage-timers.ts gives to the workflow, by the policy that the reset froze. */
async function clockAndNetworks(db: Database, { reset, stage, state, openedAt }: ApprovalRow) {
  const frozen = reset.policySha256 === null ? undefined : await policyVersion(db, reset.policySha256);
  const networks = frozen ? networksOf(frozen.policy.networks, reset.source) : [];
  const rule = frozen?.policy.rules.find(({ id }) => id === reset.ruleId);
  const asked = stagesFor(rule, operationOf(reset.operation))[stage];
  if (!frozen || !asked || !openedAt || shownState(state, reset.endedAt) !== 'waiting') return { networks, clock: [] };
  const calendar = asked.calendar === undefined ? undefined : frozen.policy.calendars[asked.calendar];
  return { networks, clock: dueTimers(asked.timers, calendar, openedAt).map(({ at, do: what }) => ({ at, do: what })) };
}

/** The last decisions about the account, then the last ones about accounts of its unit by the same rule at the same stage. */
async function similarDecisions(db: Database, visible: Prisma.ResetWhereInput, row: ApprovalRow): Promise<PastDecision[]> {
  const { accountGuid, ruleId } = row.reset;
  if (!accountGuid || !ruleId) return [];
  const decided = { OR: [{ approvals: { gt: 0 } }, { state: 'denied' }] };
  const select = {
    resetId: true,
    stage: true,
    label: true,
    claimantDn: true,
    eligible: true,
    eligibleNames: true,
    reset: { select: named },
  };
  const about = await db.approval.findMany({
    where: { ...decided, NOT: { resetId: row.resetId }, reset: { AND: [visible, { accountGuid }] } },
    orderBy: { openedAt: 'desc' },
    take: MOST_DECISIONS,
    select,
  });
  const unit = row.claimantDn === null ? undefined : parentOf(row.claimantDn)?.toLowerCase();
  const alike = await db.approval.findMany({
    where: { ...decided, label: row.label, reset: { AND: [visible, { ruleId, NOT: { accountGuid } }] } },
    orderBy: { openedAt: 'desc' },
    // The unit is told from the whole name, which the database does not take apart: looked for among the last ones.
    take: 20 * MOST_DECISIONS,
    select,
  });
  const ofUnit = alike.filter(({ claimantDn }) => claimantDn !== null && parentOf(claimantDn)?.toLowerCase() === unit);
  const told = async (same: PastDecision['same'], rows: typeof about) => {
    const decisions = await decisionsOf(
      db,
      rows.map(({ resetId }) => resetId),
    );
    const names = new Map(
      rows.flatMap(({ eligible, eligibleNames }) => eligible.map((guid, index) => [guid, eligibleNames[index] ?? guid])),
    );
    for (const ofReset of decisions.values())
      for (const [guid, name] of (await delegateNames(db, ofReset)).names) if (!names.has(guid)) names.set(guid, name);
    return rows
      .flatMap(({ resetId, stage, label, reset }) =>
        (decisions.get(resetId)?.get(stage) ?? []).map(({ person, inPlaceOf, ...rest }): PastDecision => ({
          same,
          reset: resetId,
          accountName: reset.displayName ?? reset.accountName,
          label,
          by: names.get(person) ?? person,
          ...(inPlaceOf ? { inPlaceOf: names.get(inPlaceOf.person) ?? inPlaceOf.person } : {}),
          ...rest,
        })),
      )
      .toSorted((a, b) => b.at.localeCompare(a.at))
      .slice(0, MOST_DECISIONS);
  };
  return [...(await told('account', about)), ...(await told('kind', unit === undefined ? [] : ofUnit.slice(0, MOST_DECISIONS)))];
}

const named = { displayName: true, accountName: true } as const;

async function otherRequests(db: Database, visible: Prisma.ResetWhereInput, { source, except }: { source: string; except: string }) {
  // A row without a run never reached its workflow.
  const open: Prisma.ResetWhereInput = { source, endedAt: null, NOT: [{ id: except }, { runId: null }] };
  const [count, seen] = await Promise.all([
    db.reset.count({ where: open }),
    db.reset.findMany({
      where: { AND: [open, visible] },
      orderBy: { id: 'desc' },
      take: MOST_REQUESTS,
      select: { id: true, ...named, state: true, startedAt: true },
    }),
  ]);
  return {
    count,
    seen: seen.map(({ id, displayName, accountName, state, startedAt }) => ({
      reset: id,
      requestCode: requestCode(id),
      accountName: displayName ?? accountName,
      state,
      startedAt: startedAt.toISOString(),
    })),
  };
}
