/** One event of a stream (WHATWG HTML §9.2). */
export interface StreamEvent {
  readonly name: string;
  /** Undefined when the event came without one. */
  readonly id: string | undefined;
  readonly data: string;
}

/** More than any notice needs: a server that sends no end of a line fills no memory here. */
const MOST = 64 * 1024;

/** The events in a stream of bytes, as they become whole. Throws when one is larger than 64 kB. */
export async function* eventsIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = endOfBlock(rest); end; end = endOfBlock(rest)) {
      const event = eventOf(rest.slice(0, end.at));
      rest = rest.slice(end.next);
      if (event) yield event;
    }
    if (rest.length > MOST) throw new Error('an event is too large');
  }
}

function endOfBlock(text: string): { at: number; next: number } | undefined {
  const found = /\r\n\r\n|\n\n|\r\r/.exec(text);
  return found ? { at: found.index, next: found.index + found[0].length } : undefined;
}

function eventOf(block: string): StreamEvent | undefined {
  const event = { name: 'message', id: undefined as string | undefined, data: [] as string[] };
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value = ''] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') event.name = value;
    else if (field === 'id' && !value.includes('\0')) event.id = value;
    else if (field === 'data') event.data.push(value);
  }
  return event.data.length === 0 ? undefined : { ...event, data: event.data.join('\n') };
}
