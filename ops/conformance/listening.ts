import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface Heard {
  event: string;
  id: string | undefined;
  data: string;
}

/** An open stream of server-sent events, and what has come on it. */
export interface Listening {
  status: number;
  headers: IncomingHttpHeaders;
  events: readonly Heard[];
  /** Comment lines. */
  comments: () => number;
  isOver: () => boolean;
  /** Resolves with whether it was so within this time. */
  until(isSo: () => boolean, ms: number): Promise<boolean>;
  close(): void;
}

/** Reads a stream (WHATWG HTML §9.2) from its answer on. */
export function listeningTo(answer: IncomingMessage): Listening {
  const events: Heard[] = [];
  let comments = 0;
  let isOver = false;
  let rest = '';
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    const blocks = `${rest}${chunk}`.split(/\r\n\r\n|\n\n|\r\r/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split(/\r\n|\n|\r/);
      comments += lines.filter((line) => line.startsWith(':')).length;
      const field = (name: string) =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart());
      const data = field('data');
      if (data.length > 0) events.push({ event: field('event').at(-1) ?? 'message', id: field('id').at(-1), data: data.join('\n') });
    }
    wake();
  });
  answer.on('error', () => {});
  answer.on('close', () => {
    isOver = true;
    wake();
  });
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    events,
    comments: () => comments,
    isOver: () => isOver,
    until: (isSo, ms) =>
      new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(isSo());
        };
        const look = (): void => {
          if (isSo() || isOver) end();
        };
        const timer = setTimeout(end, ms);
        waiting.add(look);
        look();
      }),
    close: () => answer.destroy(),
  };
}
