import { z } from 'zod';
import type { Database } from '#db';
import { HALTS, type Halt } from '#domain/halt.ts';
import { EVERYTHING, type Change, type Changes } from '#prisma/changes.ts';
import { CALLED, openAlarms as countAlarms } from './alarms-endpoints.ts';
import { endpoint, ROLES, signedIn } from './endpoint.ts';
import { admit } from './door.ts';
import { waitingFor } from './inbox-rows.ts';
import { unreadMessages } from './messages-endpoints.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import { createStreams, type Push } from './streams.ts';

const summary = z.object({
  approvalsWaitingForMe: z.int(),
  openResets: z.int(),
  oldestWaitSeconds: z.int().nullable(),
  /** What an emergency stop halts. */
  halted: z.enum(HALTS),
  /** Reviews of break-glass that are still open, for those who may close them. */
  openReviews: z.int(),
  /** Proposals of other officers that wait for this one. */
  actsWaitingForMe: z.int(),
  /** Alarms that nobody has acknowledged; 0 for whom they do not call. */
  openAlarms: z.int(),
  /** What one was told and has not marked as read. */
  unreadMessages: z.int(),
});

/** What the console's frame needs: the numbers beside the menu, and the stream that says what has changed. */
export function consoleEndpoints({
  db,
  changes,
  sessions,
  stopping,
  haltNow,
}: {
  db: Database;
  changes: Changes;
  sessions: Sessions;
  stopping: AbortSignal;
  haltNow: () => Promise<Halt>;
}) {
  const streams = createStreams(6, stopping);

  return {
    summary: endpoint(
      { summary: 'What waits', access: ROLES, replies: { 200: { description: 'Numbers for the frame', schema: summary } }, refusals: [] },
      async (ask) => {
        const officer = signedIn(ask).roles.includes('security-officer');
        const oversees = signedIn(ask).roles.some((role) => role === 'security-officer' || role === 'auditor' || role === 'administrator');
        const others = {
          state: 'proposed',
          expiresAt: { gt: new Date() },
          kind: { not: 'campaign' },
          NOT: { proposer: signedIn(ask).account },
        };
        const isCalled = CALLED.some((role) => signedIn(ask).roles.includes(role));
        const [approvalsWaitingForMe, openResets, oldest, halted, actsWaitingForMe, alarms, openReviews, unread] = await Promise.all([
          waitingFor(db, signedIn(ask)),
          // A row without a run never reached its workflow.
          db.reset.count({ where: { endedAt: null, NOT: { runId: null } } }),
          db.approval.findFirst({
            where: { state: 'waiting', reset: { endedAt: null } },
            orderBy: { openedAt: 'asc' },
            select: { openedAt: true },
          }),
          haltNow(),
          officer ? db.jointAct.count({ where: others }) : 0,
          isCalled ? countAlarms(db) : new Map<string, number>(),
          oversees ? db.review.count({ where: { state: 'open' } }) : 0,
          unreadMessages(db, signedIn(ask).account),
        ]);
        const oldestWaitSeconds = oldest?.openedAt ? Math.max(0, Math.round((Date.now() - oldest.openedAt.getTime()) / 1000)) : null;
        const openAlarms = [...alarms.values()].reduce((sum, count) => sum + count, 0);
        const mine = { approvalsWaitingForMe, actsWaitingForMe, unreadMessages: unread };
        return { status: 200, body: { ...mine, openResets, oldestWaitSeconds, halted, openAlarms, openReviews } };
      },
    ),

    events: endpoint(
      {
        summary: 'What has changed, as server-sent events named "changed"',
        access: ROLES,
        replies: { 200: { description: 'A stream of {topic, id}', mediaType: 'text/event-stream' } },
        refusals: ['too-many-requests'],
      },
      async (ask) => {
        const { request, response, sessionToken } = ask;
        await streams.open({
          request,
          response,
          holder: signedIn(ask).id,
          subscribe: (notice) => changes.on(notice),
          async pushes(gathered) {
            // The session may have ended since: asked at every push, and looking does not keep it alive.
            const session = await admit(ROLES, sessionToken, { ...sessions, find: (token) => sessions.find(token, { touch: false }) });
            return gathered.flatMap((change) => topicsFor(session, change));
          },
        });
        return 'streamed';
      },
    ),
  };
}

const LOOK_AFTER_DEVICES = ['help-desk', 'security-officer', 'auditor', 'administrator', 'operator'] as const;

/** A change names an id only; whether its content may be seen is judged when it is asked for. */
function topicsFor(session: SignedIn | undefined, { topic, id }: Change): Push[] {
  const roles = session?.roles ?? [];
  const reads = roles.includes('auditor') || roles.includes('administrator');
  const named = id === EVERYTHING ? '' : id;
  // A published checkpoint changes nothing that a list shows, and an intent is told as a leaf of its reset too.
  if (topic === 'log' || topic === 'intents' || topic === 'tellings') return [];
  // Whoever got or read one learns of it, and nobody else.
  if (topic === 'messages') return session?.account === id ? [{ event: 'changed', data: { topic, id: '' } }] : [];
  if (topic === 'devices')
    return LOOK_AFTER_DEVICES.some((role) => roles.includes(role)) ? [{ event: 'changed', data: { topic, id: named } }] : [];
  if (topic === 'alarms') return reads || roles.includes('security-officer') ? [{ event: 'changed', data: { topic, id: named } }] : [];
  const topics =
    topic === 'resets'
      ? ['resets', ...(roles.includes('approver') || reads ? ['approvals'] : []), ...(reads ? ['audit'] : [])]
      : reads
        ? ['audit']
        : [];
  return topics.map((name) => ({ event: 'changed', data: { topic: name, id: named } }));
}
