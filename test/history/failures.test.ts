import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  defaultPayloadConverter,
  TimeoutFailure,
  type ProtoFailure,
  type SerializationContext,
} from '@temporalio/common';
import { failureConverter } from '#history/failure-converter.ts';
import { FAILURES } from '#history/failures.ts';
import { HistoryUnreadable } from '#history/unreadable.ts';

const canary = 'Tr0ub4dor-and-3';
const context: SerializationContext = { type: 'workflow', namespace: 'countersign', workflowId: 'reset/1' };
const words = new Set<string>(Object.values(FAILURES).map(({ words }) => words));

/** The failure as it stands in a history, and the words that the codec will have encrypted in it. */
function failed(
  error: unknown,
  within?: SerializationContext,
): { failure: ProtoFailure; encoded?: { message: string; stack_trace: string } } {
  const failure = failureConverter.errorToFailure(error, defaultPayloadConverter, within);
  const encoded = failure.encodedAttributes && Buffer.from(failure.encodedAttributes.data ?? []).toString('utf8');
  return { failure, ...(encoded ? { encoded: JSON.parse(encoded) as { message: string; stack_trace: string } } : {}) };
}

test('an error of any kind enters a history as one of the closed list, its words in a payload, and nothing of the original', () => {
  const thrown: unknown[] = [
    new TypeError(`cannot read ${canary}`, { cause: new Error(canary) }),
    Object.assign(new Error(canary), { name: canary }),
    ApplicationFailure.create({ type: canary, message: canary, details: [canary], cause: new Error(canary) }),
    ApplicationFailure.create({ type: 'DirectoryUnavailable', message: canary, details: [canary] }),
    canary,
    { password: canary },
    undefined,
    null,
  ];
  for (const error of thrown) {
    const { failure, encoded } = failed(error, context);
    assert.equal(failure.message, 'Encoded failure');
    assert.ok(encoded && words.has(encoded.message), encoded?.message);
    assert.equal(encoded.stack_trace, '');
    assert.ok(Object.hasOwn(FAILURES, failure.applicationFailureInfo?.type ?? ''));
    assert.ok(!JSON.stringify(failed(error)).includes(canary) && !JSON.stringify({ failure, encoded }).includes(canary));
  }
});

test('a failure of the list keeps its type, and whether it is tried again', () => {
  for (const nonRetryable of [true, false]) {
    const { failure } = failed(ApplicationFailure.create({ type: 'DatabaseUnavailable', message: canary, nonRetryable }), context);
    assert.deepEqual(
      [failure.applicationFailureInfo?.type, failure.applicationFailureInfo?.nonRetryable],
      ['DatabaseUnavailable', nonRetryable],
    );
  }
});

test('what Temporal itself makes keeps its kind, with the cause closed', () => {
  const cause = ApplicationFailure.create({ type: 'Surprise', message: canary });
  const { failure, encoded } = failed(
    new ActivityFailure('Activity task failed', 'checkProof', '1', 'NON_RETRYABLE_FAILURE', 'w', cause),
    context,
  );
  assert.equal(encoded?.message, 'Activity task failed');
  assert.equal(failure.activityFailureInfo?.activityType?.name, 'checkProof');
  assert.equal(failure.cause?.applicationFailureInfo?.type, 'Invariant');
  assert.ok(!JSON.stringify(failure).includes(Buffer.from(canary).toString('base64').slice(0, 12)));
  assert.ok(failed(new CancelledFailure('cancelled'), context).failure.canceledFailureInfo);
  assert.ok(failed(new TimeoutFailure('timed out', undefined, 'START_TO_CLOSE'), context).failure.timeoutFailureInfo);
});

test('a task that failed before anybody knew its workflow says so in fixed words, in clear', () => {
  const { failure, encoded } = failed(new HistoryUnreadable('no-key', `A payload of reset/${canary}`));
  assert.equal(encoded, undefined);
  assert.deepEqual([failure.message, failure.applicationFailureInfo?.type], [FAILURES.HistoryUnreadable.words, 'HistoryUnreadable']);
});

test('the words come back to whoever may read them', () => {
  const { failure } = failed(ApplicationFailure.create({ type: 'DirectoryUnavailable', message: 'x' }), context);
  const error = failureConverter.failureToError(failure, defaultPayloadConverter, context);
  assert.ok(error instanceof ApplicationFailure);
  assert.deepEqual([error.type, error.message], ['DirectoryUnavailable', FAILURES.DirectoryUnavailable.words]);
});
