import type { z } from 'zod';
import type { Database } from '#db';
import type { Rule } from '#domain/policy.ts';
import { Refusal } from '#domain/refusals.ts';
import { policyVersion } from '#prisma/policies.ts';
import { approvalColumns, viewOf, type ApprovalRow, type ApprovalState, type approvalSchema } from './approvals-view.ts';
import { decisionsOf } from './decisions.ts';
import { inboxRows, isPlace, seesAll, type InboxPart } from './inbox-rows.ts';
import { runningTo, type Running } from './reached-by-delegation.ts';
import type { SignedIn } from './sessions.ts';
import { methodsOf } from './timeline.ts';

type View = z.infer<typeof approvalSchema>;
type Asked = {
  part?: InboxPart | undefined;
  state?: ApprovalState | undefined;
  find?: string | undefined;
  limit: number;
  cursor?: string | undefined;
};

/**
 * One page of the inbox, of any length of inbox in the same number of questions to the database; delegations whose scope leaves
 * much out ask for more. Throws `bad-request` for a cursor that is none.
 */
export async function inboxPage(
  db: Database,
  session: SignedIn,
  { part, state, find, limit, cursor }: Asked,
): Promise<{ items: View[]; nextCursor?: string }> {
  if (cursor !== undefined && !isPlace(cursor)) throw new Refusal('bad-request', { detail: 'query.cursor: is not a cursor' });
  const running = await runningTo(db, session.account);
  const question = { session, running, part, state, find };
  const belongs = (view: View) =>
    part === 'mine' ? view.mayDecide : (view.mine || seesAll(session)) && !(part === 'others' && view.mayDecide);
  const items: { view: View; place: string }[] = [];
  for (let after = cursor; ;) {
    // One more than the page holds: so it is known whether another follows.
    const found = await inboxRows(db, question, after, limit + 1);
    const places = new Map(found.map(({ id, place }) => [id, place]));
    const rows = await db.approval.findMany({ where: { id: { in: [...places.keys()] } }, select: approvalColumns });
    const order = [...places.keys()];
    const views = await viewsOf(
      db,
      session,
      running,
      rows.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id)),
    );
    items.push(...views.filter(belongs).map((view) => ({ view, place: places.get(view.id) ?? '' })));
    after = found.at(-1)?.place;
    if (found.length <= limit || items.length > limit) break;
  }
  const last = items.length > limit ? items[limit - 1] : undefined;
  return { items: items.slice(0, limit).map(({ view }) => view), ...(last ? { nextCursor: last.place } : {}) };
}

/** How each of these approvals looks to this person. */
export async function viewsOf(db: Database, session: SignedIn, running: readonly Running[], rows: readonly ApprovalRow[]): Promise<View[]> {
  const resets = rows.map(({ resetId }) => resetId);
  const [decided, methods, rules] = await Promise.all([decisionsOf(db, resets), methodsOf(db, resets), rulesOf(db, rows)]);
  return rows.map((row) =>
    viewOf(row, session, {
      decided: decided.get(row.resetId),
      methods: methods.get(row.resetId),
      rule: rules.get(row.resetId),
      running,
    }),
  );
}

/** The rule that each reset froze. Few policies are in use at a time, so each is read once. */
async function rulesOf(db: Database, rows: readonly ApprovalRow[]): Promise<Map<string, Rule>> {
  const frozen = new Set(rows.flatMap(({ reset }) => reset.policySha256 ?? []));
  const versions = new Map(await Promise.all([...frozen].map(async (sha256) => [sha256, await policyVersion(db, sha256)] as const)));
  return new Map(
    rows.flatMap(({ resetId, reset }) => {
      const rule = versions.get(reset.policySha256 ?? '')?.policy.rules.find(({ id }) => id === reset.ruleId);
      return rule ? [[resetId, rule] as const] : [];
    }),
  );
}
