import { z } from 'zod';
import { Prisma, type Database } from '#db';
import { endingsOfCode } from '#domain/request-code.ts';
import type { ApprovalState } from './approvals-view.ts';
import { behalfOf, whyNot, approvalColumns } from './approvals-view.ts';
import { decisionsOf } from './decisions.ts';
import { runningTo, type Running } from './reached-by-delegation.ts';
import type { SignedIn } from './sessions.ts';

/** `mine`: what this person may decide now; `others`: what waits, but not for them; `over`: what waits for nobody any more. */
export const INBOX_PARTS = ['mine', 'others', 'over'] as const;
export type InboxPart = (typeof INBOX_PARTS)[number];

export interface InboxQuestion {
  session: Pick<SignedIn, 'account' | 'roles'>;
  running: readonly Running[];
  part: InboxPart | undefined;
  state: ApprovalState | undefined;
  /** A request code, a reference, or a part of the account's name. */
  find: string | undefined;
}

/** Sees every approval, whomever it is asked of. */
export function seesAll({ roles }: Pick<SignedIn, 'roles'>): boolean {
  return roles.some((role) => role === 'auditor' || role === 'administrator');
}

/**
 * The ids of approvals that may belong to the part, in its order, after a place in it: what waits by its deadline, the first to
 * end first, everything else by its opening, the last one first. A superset by as much as a delegation's scope leaves out,
 * which only `covers` knows: the caller looks at each view.
 */
export async function inboxRows(
  db: Database,
  question: InboxQuestion,
  after: string | undefined,
  take: number,
): Promise<{ id: string; place: string }[]> {
  const byDeadline = question.part === 'mine' || question.part === 'others';
  const [time, order] = byDeadline
    ? [Prisma.sql`a.expires_at`, Prisma.sql`a.expires_at, a.id`]
    : [Prisma.sql`a.opened_at`, Prisma.sql`a.opened_at DESC, a.id DESC`];
  const rows = await db.$queryRaw<{ id: string; time: Date | null }[]>`
    SELECT a.id::text, ${time} AS "time" FROM approval a JOIN reset r ON r.id = a.reset_id
    WHERE ${Prisma.join([isPart(question), ...found(question.find), ...(after ? [isAfter(after, byDeadline)] : [])], ' AND ')}
    ORDER BY ${order} LIMIT ${take}`;
  return rows.map(({ id, time }) => ({ id, place: `${time?.getTime() ?? ''}-${id}` }));
}

/** How many approvals this person may decide now, in whoever's place: as many as `mine` lists. */
export async function waitingFor(db: Database, session: Pick<SignedIn, 'account' | 'roles'>): Promise<number> {
  if (!session.roles.includes('approver')) return 0;
  const [own] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM approval a JOIN reset r ON r.id = a.reset_id WHERE ${OPEN} AND ${isAsked(session)} AND ${mayCount(session)}`;
  const running = await runningTo(db, session.account);
  if (running.length === 0) return Number(own?.count ?? 0);
  const reached = await db.$queryRaw<{ id: string }[]>`
    SELECT a.id::text FROM approval a JOIN reset r ON r.id = a.reset_id
    WHERE ${OPEN} AND NOT ${isAsked(session)} AND ${isReached(running)} AND ${mayCount(session)}`;
  const rows = await db.approval.findMany({ where: { id: { in: reached.map(({ id }) => id) } }, select: approvalColumns });
  const through = rows.filter((row) => behalfOf(row, session.account, running));
  const decided = await decisionsOf(
    db,
    through.map(({ resetId }) => resetId),
  );
  const mine = through.filter((row) => whyNot(row, session, { decided: decided.get(row.resetId), running }) === null);
  return Number(own?.count ?? 0) + mine.length;
}

const OPEN = Prisma.sql`a.state = 'waiting' AND r.ended_at IS NULL`;
const isAsked = ({ account }: { account: string }) => Prisma.sql`a.eligible @> ARRAY[${account}]`;
const isReached = (running: readonly Running[]) =>
  running.length === 0 ? Prisma.sql`false` : Prisma.sql`a.eligible && ${running.map(({ facts }) => facts.from)}`;

/**
 * Not their own account, and no vote of theirs in the reset yet, by their own hand or another's in their place. A leaf's text
 * is canonical (RFC 8785), so one of its members is found in it as it is, without taking each apart.
 */
const mayCount = ({ account }: { account: string }) => Prisma.sql`r.account_guid IS DISTINCT FROM ${account}::uuid AND NOT EXISTS (
  SELECT 1 FROM leaf l WHERE l.reset_id = a.reset_id AND l.type = 'approval.decided'
  AND (l.actor = ${account} OR position(${`"on_behalf_of":"${account}"`} IN l.body) > 0))`;

function isPart({ session, running, part, state }: InboxQuestion): Prisma.Sql {
  const visible = seesAll(session) ? Prisma.sql`true` : Prisma.sql`(${isAsked(session)} OR ${isReached(running)})`;
  const decides = session.roles.includes('approver');
  if (part === 'mine')
    return decides ? Prisma.sql`${OPEN} AND (${isAsked(session)} OR ${isReached(running)}) AND ${mayCount(session)}` : Prisma.sql`false`;
  if (part === 'others') {
    const others = decides ? Prisma.sql`NOT (${isAsked(session)} AND ${mayCount(session)})` : Prisma.sql`true`;
    return Prisma.sql`${OPEN} AND ${visible} AND ${others}`;
  }
  const opened = Prisma.sql`a.opened_at IS NOT NULL AND ${visible}`;
  if (part === 'over') return Prisma.sql`${opened} AND NOT (${OPEN})`;
  if (state === 'waiting') return Prisma.sql`${opened} AND ${OPEN}`;
  return state === undefined ? opened : Prisma.sql`${visible} AND a.state = ${state}`;
}

function found(find: string | undefined): Prisma.Sql[] {
  if (find === undefined) return [];
  const endings = endingsOfCode(find);
  const named = Prisma.sql`position(lower(${find}) IN lower(concat_ws(' ', r.display_name, r.account_name))) > 0`;
  const coded = endings ? Prisma.sql`right(r.id::text, 8) = ANY(${endings})` : Prisma.sql`false`;
  return [Prisma.sql`(${named} OR r.reference = ${find.toUpperCase()} OR ${coded})`];
}

/** Whether a text is a place in the inbox: its time in milliseconds, or none, and its id. */
export function isPlace(text: string): boolean {
  const [, time = '', id = ''] = PLACE.exec(text) ?? [];
  return z.uuid().safeParse(id).success && !Number.isNaN(new Date(Number(time)).getTime());
}

const PLACE = /^(\d{0,15})-(.+)$/;

function isAfter(place: string, byDeadline: boolean): Prisma.Sql {
  const [, time = '', id = ''] = PLACE.exec(place) ?? [];
  // What has no deadline stands last.
  if (time === '') return Prisma.sql`a.expires_at IS NULL AND a.id > ${id}::uuid`;
  const at = new Date(Number(time));
  return byDeadline
    ? Prisma.sql`((a.expires_at, a.id) > (${at}, ${id}::uuid) OR a.expires_at IS NULL)`
    : Prisma.sql`(a.opened_at, a.id) < (${at}, ${id}::uuid)`;
}
