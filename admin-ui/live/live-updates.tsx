import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { usePresence } from './presence.ts';

/** A change is a signal, never the data: what it names is asked for again, with the asker's own rights. */
type Topic = 'resets' | 'approvals' | 'audit' | 'alarms' | 'messages' | 'devices';

/** Which cached answers a topic makes stale. A decision moves the reset that it belongs to. */
const STALE: Record<Topic, string[]> = {
  resets: ['resets', 'summary'],
  approvals: ['approvals', 'resets', 'summary'],
  audit: ['audit'],
  alarms: ['alarms', 'summary'],
  messages: ['messages', 'summary'],
  devices: ['devices'],
};

/** Signals are gathered this long, so that a busy morning costs one request a second and not one a leaf. */
const GATHER_MS = 1000;

export type Liveness = 'live' | 'interrupted' | 'paused';

const LiveContext = createContext<Liveness>('interrupted');

/** Whether the live connection stands, or rests because nobody is at the page. */
export const useLive = () => useContext(LiveContext);

/** Holds the one event stream of this tab and refreshes what it names. Whoever has no role has no stream either. */
export function LiveUpdates({ enabled, children }: { enabled: boolean; children: ReactNode }) {
  const queries = useQueryClient();
  const present = usePresence();
  const [connected, setConnected] = useState(false);
  /** What changed while no stream was open was told to nobody. */
  const missed = useRef(false);

  useEffect(() => {
    if (!enabled || !present) return undefined;
    const stale = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      for (const resource of stale) void queries.invalidateQueries({ queryKey: [resource] });
      stale.clear();
    };
    const gather = (resources: string[]) => {
      for (const resource of resources) stale.add(resource);
      timer ??= setTimeout(refresh, GATHER_MS);
    };

    let stream: EventSource;
    let again: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      stream = new EventSource('/api/v1/events');
      stream.onopen = () => {
        setConnected(true);
        if (missed.current) gather(Object.values(STALE).flat());
        missed.current = false;
      };
      stream.onerror = () => {
        setConnected(false);
        missed.current = true;
        // The browser reconnects by itself, but not after an answer that was no stream.
        if (stream.readyState !== EventSource.CLOSED) return;
        again = setTimeout(connect, 15_000);
        // If it was the session that ended, the next answer says so and signs out.
        gather(['summary']);
      };
      stream.addEventListener('changed', (event: MessageEvent<string>) => {
        const { topic } = JSON.parse(event.data) as { topic?: Topic };
        gather((topic && STALE[topic]) ?? []);
      });
    };
    connect();
    return () => {
      stream.close();
      setConnected(false);
      missed.current = true;
      clearTimeout(timer);
      clearTimeout(again);
    };
  }, [queries, enabled, present]);

  const liveness = !present ? 'paused' : connected ? 'live' : 'interrupted';
  return <LiveContext.Provider value={liveness}>{children}</LiveContext.Provider>;
}
