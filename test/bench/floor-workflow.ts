import { allHandlersFinished, condition, defineUpdate, proxyActivities, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { FloorActivities, FloorRecord } from './floor-activities.ts';
import { FLOOR_QUEUES, FLOOR_UPDATES } from './floor-names.ts';

/**
 * A standard reset with nothing in it: the same updates, the same ordinary and local activities on as many queues, the
 * same timers, all of them idle. What it costs is what Temporal costs; test/bench compares the histories' shapes.
 */
const patience = { startToCloseTimeout: '30 seconds', scheduleToCloseTimeout: '2 minutes' } as const;
const verifier = proxyActivities<FloorActivities>({ taskQueue: FLOOR_QUEUES.verify, ...patience });
const writer = proxyActivities<FloorActivities>({ taskQueue: FLOOR_QUEUES.write, ...patience });
const worker = proxyActivities<FloorActivities>(patience);
const local = proxyLocalActivities<FloorRecord>({ startToCloseTimeout: '5 seconds' });

interface Waiting {
  name: string;
  answer: (reply: object) => void;
}

const STEP_MS = 600_000;

export async function floor(reset: string): Promise<string> {
  const queue: Waiting[] = [];
  for (const name of Object.values(FLOOR_UPDATES)) {
    setHandler(defineUpdate<object, [object]>(name), () => new Promise((answer) => queue.push({ name, answer })));
  }
  const take = async (name: string): Promise<Waiting> => {
    if (queue.length === 0) await condition(() => queue.length > 0, STEP_MS);
    const waiting = queue.shift();
    if (waiting?.name !== name) throw new Error(`the floor expected ${name}`);
    return waiting;
  };
  const asked = { reset, run: reset, updateId: reset, sealed: reset, account: reset };
  const reply = {
    outcome: 'ok',
    next: {
      step: 'prove',
      choices: ['recovery-code', 'issued-code'],
      message: 'What happens next, in about as many words as the real one has.',
    },
  };

  const begin = await take(FLOOR_UPDATES.begin);
  await verifier.check(asked);
  await local.record(asked);
  begin.answer(reply);

  const prove = await take(FLOOR_UPDATES.prove);
  await verifier.check(asked);
  await local.record(asked);
  prove.answer(reply);

  const factor = await take(FLOOR_UPDATES.factor);
  await verifier.check(asked);
  await local.record(asked);
  await local.record(asked);
  await verifier.check(asked);
  factor.answer(reply);

  const choose = await take(FLOOR_UPDATES.choose);
  await local.record(asked);
  choose.answer(reply);

  await worker.check(asked);
  await writer.check(asked);
  await local.record(asked);
  await writer.check(asked);
  await local.record(asked);
  await verifier.check(asked);
  await local.record(asked);
  await local.record(asked);
  await condition(allHandlersFinished);
  return 'done';
}
