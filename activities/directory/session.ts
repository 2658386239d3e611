import type { Change, Client, Control, SearchOptions } from 'ldapts';
import type { Controller } from './controller.ts';
import { limits, withDeadline } from './controller.ts';
import { entryReader, type EntryReader } from './entry.ts';

/** Attributes that are bytes. Without this list ldapts returns text whenever the bytes happen to be valid UTF-8. */
const binary = ['objectGUID', 'objectSid', 'tokenGroups'];

export type Search = { scope: 'base' | 'sub'; attributes: string[]; filter?: SearchOptions['filter']; paged?: boolean };

/** One bound connection, held by one caller: calls go one after the other, since ldapts hangs when two reconnect at once. */
export type Session = {
  controller: Controller;
  search: (base: string, search: Search) => Promise<EntryReader[]>;
  modify: (target: string, changes: Change[], controls?: Control[]) => Promise<void>;
};

/** Wraps a bound client. Errors are those of ldapts: ResultCodeError is the controller's answer, everything else is no answer. */
export function sessionOn(client: Client, controller: Controller): Session {
  const within = <T>(work: Promise<T>, what: string) => withDeadline(work, limits.operationMs + limits.graceMs, what);
  return {
    controller,
    async search(base, { scope, attributes, filter, paged }) {
      const options: SearchOptions = { scope, attributes, explicitBufferAttributes: binary, timeLimit: limits.operationMs / 1000 };
      if (filter !== undefined) options.filter = filter;
      // Windows answers at most 1000 entries without paging.
      if (paged) options.paged = { pageSize: 500 };
      const { searchEntries } = await within(client.search(base, options), 'a search');
      return searchEntries.map(entryReader);
    },
    modify: (target, changes, controls) => within(client.modify(target, changes, controls), 'a modify'),
  };
}
