import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { LocalActivities, VerifierActivities, WorkerActivities, WriterActivities } from '#activities/contract.ts';
import { TASK_QUEUES } from './messages.ts';

/**
 * Every step with its queue, its deadlines and its retries, and why. Each is idempotent (see activities/contract.ts),
 * so a retry after a crash finds the outcome that was reached before it.
 */

/**
 * One directory read and an Argon2id hash: well under a second. A verifier that died is noticed by its heartbeat, since a
 * person waits. Two minutes cover its restart; then the person is asked to try again.
 */
export const verifier = proxyActivities<VerifierActivities>({
  taskQueue: TASK_QUEUES.verify,
  startToCloseTimeout: '15 seconds',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '2 minutes',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
});

/**
 * Freezing who may decide reads whole groups, thousands of people at most; on a queue of its own, so that nobody whose code
 * is to be checked waits behind it. A day of retries: a reset that is proven is not lost over a directory that is away. The wait
 * of a replacement is begun there too, by the same reading.
 */
export const freezing = proxyActivities<Pick<VerifierActivities, 'requestApprovals' | 'beginCoolingOff'>>({
  taskQueue: TASK_QUEUES.approvals,
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** Many may fall due in one moment, and nobody waits in front of one: on that queue too. */
export const escalating = proxyActivities<Pick<VerifierActivities, 'escalateApprovals'>>({
  taskQueue: TASK_QUEUES.approvals,
  startToCloseTimeout: '15 seconds',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '2 minutes',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
});

/**
 * A few directory reads and rows of our own, on that queue too, since nobody waits in front of it. What does not come to an
 * end within ten minutes is asked for again by the next sweep.
 */
export const telling = proxyActivities<Pick<VerifierActivities, 'tell'>>({
  taskQueue: TASK_QUEUES.approvals,
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '10 minutes',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

/** Signing and rows of our own, beside what people wait for. A month of retries: a device that is told late is still told, until its time is over. */
export const noticing = proxyActivities<Pick<VerifierActivities, 'makeNotices' | 'expireNotices'>>({
  taskQueue: TASK_QUEUES.approvals,
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '30 days',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** An agent waits for its answer, and says the same again when none comes. */
export const acknowledging = proxyActivities<Pick<VerifierActivities, 'acknowledgeNotice'>>({
  taskQueue: TASK_QUEUES.approvals,
  startToCloseTimeout: '10 seconds',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '20 seconds',
  retry: { initialInterval: '300 milliseconds', backoffCoefficient: 2, maximumInterval: '3 seconds' },
});

/** One look at stamps, six seconds at most, on that queue too. Without an answer in time nothing is known, and nothing depends on it. */
export const watching = proxyActivities<Pick<VerifierActivities, 'watchArrivalNear'>>({
  taskQueue: TASK_QUEUES.approvals,
  startToCloseTimeout: '10 seconds',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '30 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
});

/** One look at what controllers count, a few seconds at most, on that queue too. What is not seen now is seen at the next look. */
export const looking = proxyActivities<Pick<VerifierActivities, 'lookAtTries' | 'endWatch'>>({
  taskQueue: TASK_QUEUES.approvals,
  startToCloseTimeout: '15 seconds',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '15 seconds' },
});

/** One mail handed to the relay, which has ten seconds for each word. Two tries; then it waits for the next turn, in a minute. */
export const mailing = proxyActivities<Pick<WorkerActivities, 'sendMail'>>({
  startToCloseTimeout: '45 seconds',
  scheduleToCloseTimeout: '2 minutes',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumAttempts: 2 },
});

const writing = {
  // A frozen controller is noticed after the directory session's own deadlines (about 10 s); then the outcome is unknown and settled by the next attempt.
  startToCloseTimeout: '30 seconds',
  // A controller may be away for hours, and approvals must outlive that: the writer itself says when the sealed password
  // has run out (back to choosing), or what became of a claim (its sweep settles each within ten minutes).
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' },
} as const;
export const staffWriter = proxyActivities<WriterActivities>({ taskQueue: TASK_QUEUES.staffWrite, ...writing });
export const privilegedWriter = proxyActivities<WriterActivities>({ taskQueue: TASK_QUEUES.privilegedWrite, ...writing });

/** A few small changes, one after the other, for which nobody waits: a silent controller costs seconds. What is left is asked for again after the next look. */
const lettingIn = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '3 minutes',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const;
export const staffLettingIn = proxyActivities<Pick<WriterActivities, 'letInElsewhere'>>({
  taskQueue: TASK_QUEUES.staffWrite,
  ...lettingIn,
});
export const privilegedLettingIn = proxyActivities<Pick<WriterActivities, 'letInElsewhere'>>({
  taskQueue: TASK_QUEUES.privilegedWrite,
  ...lettingIn,
});

/** Directory reads by the worker and rows of our own: a day of retries, since the person has left meanwhile and nothing may be lost. */
export const worker = proxyActivities<WorkerActivities>({
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** Waiting for witnesses: as long as they are away. A reset that nobody could witness for a month is looked at by people. */
export const notarised = proxyActivities<Pick<WorkerActivities, 'awaitWitnessed'>>({
  startToCloseTimeout: '10 seconds',
  scheduleToCloseTimeout: '30 days',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});

/** Fetching, writing a file and a row: well under a second. Whatever is not sealed after ten minutes is found again by the next sweep. */
export const archive = proxyActivities<Pick<WorkerActivities, 'sealHistory'>>({
  startToCloseTimeout: '10 seconds',
  scheduleToCloseTimeout: '10 minutes',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});

/** Short, idempotent steps in our own database; local, since an ordinary activity would cost five more events and 15 ms each. Retried until the database is back. */
export const local = proxyLocalActivities<LocalActivities>({
  startToCloseTimeout: '5 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});
