import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  DefaultFailureConverter,
  ServerFailure,
  TerminatedFailure,
  TimeoutFailure,
  type PayloadConverter,
  type ProtoFailure,
  type SerializationContext,
} from '@temporalio/common';
import { FAILURES, isFailureType, type FailureType } from './failures.ts';

/** What the SDK and the server make themselves, in words of their own that quote nothing. */
const OF_TEMPORAL = [ActivityFailure, CancelledFailure, ChildWorkflowFailure, ServerFailure, TerminatedFailure, TimeoutFailure];

/**
 * The last door of an error into a history, in every process and in the workflows' sandbox: it leaves as one of the
 * closed list, its message and stack in a payload, which the codec encrypts. Whether a step is retried stays as thrown.
 */
class ClosedFailureConverter extends DefaultFailureConverter {
  constructor() {
    super({ encodeCommonAttributes: true });
  }

  override errorToFailure(error: unknown, converter: PayloadConverter, context?: SerializationContext): ProtoFailure {
    const closed = close(error);
    // A task that failed before its workflow was known has nobody to encrypt for; fixed words need no secrecy.
    if (context) return super.errorToFailure(closed, converter, context);
    return { ...plain(closed), source: 'TypeScriptSDK' };
  }
}

function close(error: unknown): unknown {
  if (OF_TEMPORAL.some((type) => error instanceof type)) return error;
  const thrown = error instanceof ApplicationFailure ? error : undefined;
  const type = typeOf(thrown?.type ?? (error instanceof Error ? error.name : undefined));
  const failure = ApplicationFailure.create({ type, message: FAILURES[type].words, nonRetryable: thrown?.nonRetryable ?? false });
  failure.stack = '';
  return failure;
}

function typeOf(name: string | null | undefined): FailureType {
  return isFailureType(name) ? name : 'Invariant';
}

function plain(error: unknown): ProtoFailure {
  const type = error instanceof ApplicationFailure ? typeOf(error.type) : 'Invariant';
  return { message: FAILURES[type].words, applicationFailureInfo: { type, nonRetryable: false } };
}

export const failureConverter = new ClosedFailureConverter();
