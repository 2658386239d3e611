import type { Agent } from './agent.ts';
import { backOff } from './back-off.ts';
import type { Latch } from './latch.ts';
import { Refused } from './portal.ts';
import { whyNot } from './why-not.ts';

/** An answer that will be the same however often it is asked for. 401 and 403 are not: a device may be approved again. */
const isFinal = (error: unknown): boolean =>
  error instanceof Refused && error.status >= 400 && error.status < 500 && ![401, 403, 408, 429].includes(error.status);

/** Sends what stands in the outbox, in its order, again and again until the portal took it. Ends with the signal. */
export async function sendOutbox(agent: Agent, wake: Latch, signal: AbortSignal): Promise<void> {
  const { memory, portal, log } = agent;
  const wait = backOff();
  while (!signal.aborted) {
    const [first] = memory.now.outbox;
    if (!first) {
      await wake.opened();
      continue;
    }
    const { notice, statement, signature } = first;
    try {
      await portal.ask('POST', `/notices/${encodeURIComponent(notice)}/acks`, { statement, signature });
      wait.reset();
    } catch (error) {
      if (!isFinal(error)) {
        if (!signal.aborted) log('not-sent', { notice, ...whyNot(error) });
        await wake.opened(wait.next());
        continue;
      }
      log('acknowledgement-refused', { notice, code: error instanceof Refused ? error.code : '' });
    }
    // A crash before this line sends the same statement once more, which is answered alike.
    memory.change((draft) => {
      const at = draft.outbox.findIndex((one) => one.signature === signature);
      if (at >= 0) draft.outbox.splice(at, 1);
    });
  }
}
