import type { Agent } from './agent.ts';
import { backOff } from './back-off.ts';
import { noteState, takeRecord, takeSettings } from './device-record.ts';
import { eventsIn, type StreamEvent } from './event-stream.ts';
import type { Latch } from './latch.ts';
import { Refused } from './portal.ts';
import { jsonOrNothing } from './json.ts';
import { whyNot } from './why-not.ts';

/** Whoever was revoked is not let in again with the same key: that it asks at all is for a portal whose tables came back from a copy. */
const REVOKED_MS = 3_600_000;

/**
 * Listens to the portal's stream for as long as the agent runs: opened again whenever it ended, after a pause that grows, at once when the
 * network changed. What was open at the portal comes again with each opening, so nothing is lost by an event that broke off.
 */
export async function listen(
  agent: Agent,
  of: { wake: Latch; signal: AbortSignal; onNotice: (event: StreamEvent) => Promise<void> },
): Promise<void> {
  const { memory, portal, log } = agent;
  const { wake, signal, onNotice } = of;
  const wait = backOff();
  while (!signal.aborted) {
    try {
      takeRecord(agent, await portal.ask('GET', ''));
      const last = memory.now.lastEvent;
      const headers = { accept: 'text/event-stream', ...(last === null ? {} : { 'last-event-id': last }) };
      const stream = await portal.open('/notices', headers, signal);
      noteState(agent, 'active');
      log('listening');
      wait.reset();
      for await (const event of eventsIn(stream)) {
        if (event.name === 'notice') await onNotice(event);
        else if (event.name === 'settings') takeSettings(agent, jsonOrNothing(event.data));
        else if (event.name === 'revoked') noteState(agent, 'revoked');
      }
    } catch (error) {
      if (error instanceof Refused && error.code === 'device-revoked') noteState(agent, 'revoked');
      if (error instanceof Refused && error.code === 'device-not-approved') noteState(agent, 'waiting');
      if (!signal.aborted) log('not-listening', whyNot(error));
    }
    await wake.opened(memory.now.portalState === 'revoked' ? REVOKED_MS : wait.next());
  }
}
