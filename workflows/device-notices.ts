import { allHandlersFinished, condition, currentUpdateInfo, defineUpdate, setHandler } from '@temporalio/workflow';
import type { AckAnswer, AckMessage, NoticesOf } from '#activities/device-contract.ts';
import { ACKNOWLEDGE_UPDATE, type NoticesInput } from './messages.ts';
import { acknowledging, noticing } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

/**
 * Tells the devices that hold the old password, for days after the reset has ended, or those where somebody is to read of a change of their factors: a
 * workflow of its own, which the reset begins, or whoever told the person. What each
 * agent says is an accepted update, recorded before it is answered; what nobody said by the end of the time is recorded too.
 */
export async function deviceNotices(asked: NoticesInput): Promise<{ expired: number }> {
  const of: NoticesOf = 'reset' in asked ? { reset: asked.reset } : asked;
  let open: number | undefined;
  setHandler(
    defineUpdate<AckAnswer, [AckMessage]>(ACKNOWLEDGE_UPDATE),
    async (message) => {
      const updateId = currentUpdateInfo()?.id ?? '';
      const said = await unlessUnavailable(() => acknowledging.acknowledgeNotice({ ...message, ...of, updateId }));
      if (said === 'unavailable') return { outcome: 'refused', code: 'service-unavailable', open: open ?? 1 };
      open = said.open;
      return said;
    },
    { validator: mustBeAck },
  );
  const made = await noticing.makeNotices(asked);
  open ??= made.open;
  const isOver = await condition(() => open === 0, Date.parse(made.until) - Date.now());
  const { expired } = isOver ? { expired: 0 } : await noticing.expireNotices(of);
  await condition(allHandlersFinished);
  return { expired };
}

/** Only a malformed message, which no part of ours sends, is turned away without a trace. */
function mustBeAck(message: unknown): void {
  const { notice, statement, signature } = (message ?? {}) as Partial<AckMessage>; // only looked at
  if (typeof notice !== 'string' || typeof statement !== 'string' || typeof signature !== 'string')
    throw new TypeError('an acknowledgement has a notice, a statement and a signature');
}
