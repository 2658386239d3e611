import { CompleteAsyncError, type Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import { FAILURES, isFailureType, type FailureType } from '#history/failures.ts';
import type { Log } from '#process-log';

/** The failure of that type, with its fixed words, no stack and no cause. */
export function closedFailure(type: FailureType): ApplicationFailure {
  const failure = ApplicationFailure.create({ type, message: FAILURES[type].words, nonRetryable: FAILURES[type].nonRetryable });
  failure.stack = '';
  return failure;
}

/** Something that only a fault of ours or a lying worker can bring about. `place` is a fixed text of the source, never a value. */
export class Broken extends Error {
  readonly place: string;
  constructor(place: string) {
    super(place);
    this.name = 'Broken';
    this.place = place;
  }
}

/** What a person typed is not there any more: kept for a minute only, in a table that is empty after a crash of the database. */
export class TypedLost extends Error {
  constructor() {
    super('what was typed is gone');
    this.name = 'TypedLost';
  }
}

const TRANSPORT = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
/** PostgreSQL's classes that pass by themselves: 08 connection, 40 rollback (deadlock), 53 resources, 55 not in state, 57 operator intervention (restart). */
const PASSING_SQLSTATE = /^(08|40|53|55|57)/;
/** Prisma's codes of the same kind: P1xxx connection, P2024 pool, P2028 transaction, P2034 conflict, P2037 too many connections. */
const PASSING_PRISMA = /^P1\d{3}$|^P20(24|28|34|37)$/;

/** Which of the closed failures an unexpected error is. What nobody knows is an Invariant. */
export function failureType(error: unknown): FailureType {
  if (error instanceof ApplicationFailure && isFailureType(error.type)) return error.type;
  for (const e of causes(error)) {
    if (e.name === 'TypedLost') return 'TypedLost';
    if (/^Directory(Unavailable|Refused)$|^ServiceBindRefused$/.test(e.name)) return 'DirectoryUnavailable';
    if (e.name === 'NotWitnessed') return 'NotWitnessed';
    if (e.name === 'RelayUnavailable') return 'RelayUnavailable';
    if (e.name === 'Halted') return 'Halted';
    if (e.name === 'HistoryUnavailable') return 'HistoryUnavailable';
    if (/^PrismaClient(Initialization|UnknownRequest|RustPanic)Error$/.test(e.name)) return 'DatabaseUnavailable';
    for (const code of codesOf(e))
      if (TRANSPORT.has(code) || PASSING_SQLSTATE.test(code) || PASSING_PRISMA.test(code)) return 'DatabaseUnavailable';
    if (e.name === 'DriverAdapterError' || /Connection terminated|timeout exceeded when trying to connect/.test(e.message))
      return 'DatabaseUnavailable';
  }
  return 'Invariant';
}

/**
 * Stands around every activity of every worker: whatever an activity throws leaves as one of the closed failures. The log
 * gets the original's name, codes and places in the source, never its words, since those may quote what a person typed.
 */
export function closedFailures(log: Log): (context: Context) => ActivityInterceptors {
  return ({ info }) => {
    const inbound: ActivityInboundCallsInterceptor = {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          if (error instanceof CancelledFailure || error instanceof CompleteAsyncError) throw error;
          const type = failureType(error);
          log.warn(
            {
              activity: info.activityType,
              attempt: info.attempt,
              workflow: info.workflowExecution?.workflowId,
              type,
              errors: causes(error).map(traceOf),
            },
            'an activity failed',
          );
          throw closedFailure(type);
        }
      },
    };
    return { inbound };
  };
}

function causes(error: unknown): Error[] {
  const found: Error[] = [];
  for (let e = error; e instanceof Error && found.length < 5; e = e.cause) found.push(e);
  return found;
}

function codesOf(error: Error): string[] {
  const { code, meta } = error as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown; kind?: unknown } } };
  };
  return [code, meta?.driverAdapterError?.cause?.originalCode].filter((c): c is string => typeof c === 'string');
}

function traceOf(error: Error): { name: string; place?: string; codes: string[]; at: string[] } {
  const at = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
  return { name: error.name, ...(error instanceof Broken ? { place: error.place } : {}), codes: codesOf(error), at };
}
