import { createSession } from 'better-sse';
import type { Request, Response } from 'express';
import { Refusal } from '#domain/refusals.ts';
import type { Change } from '#prisma/changes.ts';

export interface Push {
  event: string;
  data: unknown;
}

export interface StreamAsk {
  request: Request;
  response: Response;
  /** Whose streams are counted together. */
  holder: string;
  subscribe: (notice: (change: Change) => void) => () => void;
  /** What to say about these changes (none at the start). A rejection ends the stream: whoever may no longer ask is told nothing. */
  pushes: (changes: readonly Change[]) => Promise<Push[]>;
  /** Say the same thing only once: for streams that tell a state and not a change. */
  skipSame?: boolean;
}

/** Changes that come together are told together. */
const GATHER_MS = 100;
const PING_MS = 20_000;

/** Server-sent events with a cap per holder, all ended when `stopping` is aborted. `open` throws `too-many-requests` beyond the cap. */
export function createStreams(perHolder: number, stopping: AbortSignal): { open(ask: StreamAsk): Promise<void> } {
  const open = new Map<string, number>();

  return {
    async open({ request, response, holder, subscribe, pushes, skipSame = false }) {
      const before = open.get(holder) ?? 0;
      if (before >= perHolder) throw new Refusal('too-many-requests', { retryAfterSeconds: 15 });
      open.set(holder, before + 1);
      const stream = await createSession(request, response, {
        keepAlive: PING_MS,
        trustClientEventId: false,
        headers: { 'X-Accel-Buffering': 'no' },
      });

      let gathered: Change[] = [];
      let timer: NodeJS.Timeout | undefined;
      let said = '';
      const say = async () => {
        timer = undefined;
        const changes = gathered;
        gathered = [];
        try {
          const news = await pushes(changes);
          const text = JSON.stringify(news);
          if (!stream.isConnected || (skipSame && text === said)) return;
          said = text;
          for (const { event, data } of news) stream.push(data, event);
        } catch {
          response.end();
        }
      };
      const unsubscribe = subscribe((change) => {
        if (!gathered.some(({ topic, id }) => topic === change.topic && id === change.id)) gathered.push(change);
        timer ??= setTimeout(() => void say(), GATHER_MS);
      });
      const end = () => response.end();
      stopping.addEventListener('abort', end);
      response.once('close', () => {
        stopping.removeEventListener('abort', end);
        unsubscribe();
        clearTimeout(timer);
        const left = (open.get(holder) ?? 1) - 1;
        if (left > 0) open.set(holder, left);
        else open.delete(holder);
      });
      await say();
    },
  };
}
