import { z } from 'zod';
import type { Database, Prisma } from '#db';
import { byHandInWords } from '#domain/device-words.ts';
import { Refusal } from '#domain/refusals.ts';
import { parsePolicy } from '#prisma/policy-text.ts';
import { breakGlassOf, signerNames } from './break-glass-view.ts';
import { decisionsOf, delegateNames } from './decisions.ts';
import { noticeState } from './device-shapes.ts';
import { endpoint, ROLES, signedIn } from './endpoint.ts';
import type { Engine } from './engine.ts';
import { lockOf } from './locks-endpoints.ts';
import { pageOf } from './paging.ts';
import { createReadings } from './readings.ts';
import { sourceDeviceOf } from './portal-at-device.ts';
import { resetDetail, resetSummary, stageOf, summaryColumns, summaryOf, visibleTo } from './resets-view.ts';
import { byId, cursor, limit, resetState } from './shapes.ts';
import { timelineOf } from './timeline.ts';
import { watchOf } from './watch-view.ts';
import { text } from './typed.ts';

const asked = z.strictObject({ state: resetState.optional(), account: text(256).optional(), cursor: cursor.optional(), limit });

/** Resets as the console sees them. What was typed is nowhere in them; names of accounts are shown only once they are known. */
export function resetsEndpoints({ db, engine }: { db: Database; engine: Engine }) {
  const record = createReadings(db);
  return {
    list: endpoint(
      {
        summary: 'Resets, newest first',
        access: ROLES,
        query: asked,
        replies: {
          200: { description: 'One page', schema: z.object({ items: z.array(resetSummary), nextCursor: z.string().optional() }) },
        },
        refusals: [],
      },
      async (ask) => {
        const { query } = ask;
        const where: Prisma.ResetWhereInput = {
          AND: [
            await visibleTo(db, signedIn(ask)),
            query.state ? { state: query.state } : {},
            query.account ? namedLike(query.account) : {},
            query.cursor ? { id: { lt: idOf(query.cursor) } } : {},
          ],
        };
        // Ids are UUID version 7, so their order is the order of beginning.
        const rows = await db.reset.findMany({ where, orderBy: { id: 'desc' }, take: query.limit + 1, select: summaryColumns });
        return { status: 200, body: pageOf(rows, query.limit, summaryOf, (row) => row.id) };
      },
    ),

    show: endpoint(
      {
        summary: 'One reset with its timeline, approvals and notices',
        access: ROLES,
        params: byId,
        replies: { 200: { description: 'The reset', schema: resetDetail } },
        refusals: ['not-found'],
      },
      async (ask) => {
        const row = await db.reset.findFirst({
          where: { AND: [{ id: ask.params.id }, await visibleTo(db, signedIn(ask))] },
          include: { approvals: { orderBy: { stage: 'asc' } }, notices: { orderBy: { at: 'asc' } }, watch: true },
        });
        if (!row) throw new Refusal('not-found');
        // Approvers and the help desk look at resets because they have to act; an auditor only to know.
        if (signedIn(ask).roles.includes('auditor')) await record(signedIn(ask), { kind: 'reset', facts: { reset: row.id } });
        const names = new Map(
          row.approvals.flatMap((approval) =>
            approval.eligible.map((guid, index) => [guid, approval.eligibleNames[index] ?? guid] as const),
          ),
        );
        if (row.accountGuid) names.set(row.accountGuid, row.displayName ?? row.accountName ?? row.accountGuid);
        for (const [guid, name] of await signerNames(db, row.id)) names.set(guid, name);
        if (row.lockedBy && row.lockedByName) names.set(row.lockedBy, row.lockedByName);
        const decided = (await decisionsOf(db, [row.id])).get(row.id);
        const delegated = await delegateNames(db, decided);
        for (const [guid, name] of delegated.names) if (!names.has(guid)) names.set(guid, name);
        const entries = await timelineOf(db, row.id, names);
        const approvals = row.approvals.map((approval) =>
          stageOf(approval, decided?.get(approval.stage) ?? [], { names, makers: delegated.makers }, row.endedAt),
        );
        const policy = row.policySha256 === null ? null : { sha256: row.policySha256, version: await policyName(db, row.policySha256) };
        const notices = row.notices.map(noticeView);
        return {
          status: 200,
          body: {
            ...summaryOf(row),
            rule: row.ruleId,
            policy,
            timeline: entries,
            approvals,
            notices,
            oldPassword: resetDetail.shape.oldPassword.parse(row.oldPassword),
            protectedBy: row.protectedBy,
            sourceDevice: await sourceDeviceOf(db, row.id),
            watch: watchOf(row.watch),
            lock: await lockOf(db, row),
            breakGlass: await breakGlassOf(db, row, signedIn(ask)),
          },
        };
      },
    ),

    history: endpoint(
      {
        summary: 'The workflow history in clear, as the Temporal SDK replays it',
        access: ['auditor', 'operator', 'administrator'],
        params: byId,
        replies: {
          200: { description: "Events in Temporal's JSON form", schema: z.object({ events: z.array(z.record(z.string(), z.unknown())) }) },
        },
        refusals: ['not-found', 'service-unavailable'],
      },
      async (ask) => {
        const { params } = ask;
        const known = await db.reset.findUnique({ where: { id: params.id }, select: { id: true } });
        if (known) await record(signedIn(ask), { kind: 'history', facts: { reset: params.id } });
        const history = known ? await engine.history(params.id) : undefined;
        if (!history) throw new Refusal('not-found');
        return { status: 200, body: history };
      },
    ),
  };
}

function namedLike(typed: string): Prisma.ResetWhereInput {
  const guid = z.uuid().safeParse(typed.toLowerCase());
  const contains = { contains: typed, mode: 'insensitive' as const };
  return {
    OR: [
      { accountName: contains },
      { displayName: contains },
      { reference: typed.toUpperCase() },
      ...(guid.success ? [{ accountGuid: guid.data }, { id: guid.data }] : []),
    ],
  };
}

function idOf(text: string): string {
  const parsed = z.uuid().safeParse(text);
  if (!parsed.success) throw new Refusal('bad-request', { detail: 'query.cursor: is not a cursor' });
  return parsed.data;
}

async function policyName(db: Database, sha256: string): Promise<string> {
  const row = await db.policyVersion.findUnique({ where: { sha256 } });
  return row ? `${parsePolicy(row.text).name}, ${row.loadedAt.toISOString().slice(0, 10)}` : sha256.slice(0, 12);
}

type NoticeRow = {
  id: string;
  deviceId: string;
  device: string;
  platform: string;
  state: string;
  endSessions: boolean;
  at: Date;
  changedAt: Date | null;
};

function noticeView({ id, deviceId, device, platform, state, endSessions, at, changedAt }: NoticeRow) {
  const times = { at: at.toISOString(), changedAt: changedAt?.toISOString() ?? null };
  return {
    id,
    deviceId,
    device,
    platform,
    state: noticeState.parse(state),
    endSessions,
    ...times,
    byHand: state === 'by-hand' ? byHandInWords(platform) : null,
  };
}
