import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure, CancelledFailure, defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import pino from 'pino';
import { Broken, closedFailure, closedFailures, TypedLost } from '#activities/closed-failures.ts';
import { DirectoryUnavailable } from '#activities/directory/errors.ts';
import { refuseTimeSkipping } from '#activities/refuse-time-skipping.ts';
import { FAILURES } from '#history/failures.ts';
import { useVerifier } from './world.ts';

const canary = 'Tr0ub4dor-and-3';

/** What an activity that throws `thrown` leaves in a history, and what in the log. */
async function failing(thrown: unknown): Promise<{ failure: unknown; history: string; log: string }> {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const context = {
    info: { activityType: 'checkProof', attempt: 1, workflowExecution: { workflowId: 'reset/x', runId: 'y' } },
  } as Parameters<ReturnType<typeof closedFailures>>[0];
  const { inbound } = closedFailures(log)(context);
  const failure: unknown = await inbound
    ?.execute?.({ args: [], headers: {} }, async () => Promise.reject(thrown))
    .catch((error: unknown) => error);
  return {
    failure,
    history: JSON.stringify(defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter)),
    log: lines.join(''),
  };
}

test('whatever an activity throws leaves as one of the closed list of failures, without a word of the original', async () => {
  const withCode = (code: string) => Object.assign(new Error(`refused ${canary}`), { code });
  const cases: [unknown, keyof typeof FAILURES][] = [
    [new DirectoryUnavailable(canary), 'DirectoryUnavailable'],
    [withCode('ECONNREFUSED'), 'DatabaseUnavailable'],
    [withCode('57P01'), 'DatabaseUnavailable'],
    [withCode('P2028'), 'DatabaseUnavailable'],
    [withCode('P2002'), 'Invariant'],
    [new TypeError(`cannot read ${canary}`, { cause: new Error(canary) }), 'Invariant'],
    [new Error('outer', { cause: withCode('ECONNRESET') }), 'DatabaseUnavailable'],
    [new Broken('a place in the source'), 'Invariant'],
    [new TypedLost(), 'TypedLost'],
    [ApplicationFailure.create({ type: 'DirectoryUnavailable', message: canary, details: [canary] }), 'DirectoryUnavailable'],
    [ApplicationFailure.create({ type: canary, message: canary }), 'Invariant'],
    [canary, 'Invariant'],
    [undefined, 'Invariant'],
    [{ password: canary }, 'Invariant'],
  ];
  for (const [thrown, type] of cases) {
    const { failure, history, log } = await failing(thrown);
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual([failure.type, failure.message, failure.nonRetryable], [type, FAILURES[type].words, FAILURES[type].nonRetryable]);
    assert.ok(!history.includes(canary) && !history.includes('.ts:') && !history.includes('cause":{'), history);
    assert.ok(!log.includes(canary), log);
  }
  assert.ok((await failing(new CancelledFailure('cancelled'))).failure instanceof CancelledFailure);
  assert.match((await failing(new Broken('a place in the source'))).log, /a place in the source/);
});

test('what the database says to a bad statement stays out of the history too', async () => {
  const { deps } = await useVerifier();
  const thrown: unknown = await deps.db.$queryRaw`SELECT ${canary}::uuid`.catch((error: unknown) => error);
  assert.match(String(thrown), new RegExp(canary), 'the driver does quote it');
  const { history, log } = await failing(thrown);
  assert.ok(!history.includes(canary) && !log.includes(canary));
  const invalid: unknown = await deps.db.burn.create({ data: { subject: canary } as never }).catch((error: unknown) => error);
  const second = await failing(invalid);
  assert.ok(!second.history.includes(canary) && !second.log.includes(canary));
});

test('a server that skips time is refused, and so is one that does not say', async () => {
  const answering = (code: number | undefined) =>
    ({
      workflowService: {
        updateWorkflowExecutionOptions: async () =>
          code === undefined ? {} : Promise.reject(Object.assign(new Error('said no'), { code })),
      },
    }) as unknown as Parameters<typeof refuseTimeSkipping>[0];
  await refuseTimeSkipping(answering(12), 'countersign', false);
  await refuseTimeSkipping(answering(5), 'countersign', true);
  await assert.rejects(refuseTimeSkipping(answering(5), 'countersign', false), /lets callers skip time/);
  await assert.rejects(refuseTimeSkipping(answering(undefined), 'countersign', false), /lets callers skip time/);
  await assert.rejects(refuseTimeSkipping(answering(14), 'countersign', false), /did not say/);
});

test('a closed failure is made of its type alone', () => {
  const failure = closedFailure('Invariant');
  assert.deepEqual([failure.stack, failure.cause, failure.details], ['', undefined, undefined]);
});
