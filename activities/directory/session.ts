import type { Change, Client, Control, SearchOptions } from 'ldapts';
import type { Controller } from './controller.ts';
import { limits, withDeadline } from './controller.ts';
import { entryReader, type EntryReader } from './entry.ts';

/** Attributes that are bytes. Without this list ldapts returns text whenever the bytes happen to be valid UTF-8. */
const binary = [
  'invocationId',
  'logonHours',
  'nTSecurityDescriptor',
  'objectGUID',
  'objectSid',
  'replPropertyMetaData',
  'tokenGroups',
  'userCertificate',
];

export type Search = {
  scope: 'base' | 'sub';
  attributes: string[];
  filter?: SearchOptions['filter'];
  paged?: boolean;
  pageSize?: number;
  controls?: Control[];
};

/** One bound connection, held by one caller: calls go one after the other, since ldapts hangs when two reconnect at once. */
export type Session = {
  controller: Controller;
  search: (base: string, search: Search) => Promise<EntryReader[]>;
  /** All entries, however many: page after page, each within the deadline of one operation. */
  searchAll: (base: string, search: Omit<Search, 'paged'>) => Promise<EntryReader[]>;
  modify: (target: string, changes: Change[], controls?: Control[]) => Promise<void>;
};

/** Wraps a bound client. Errors are those of ldapts: ResultCodeError is the controller's answer, everything else is no answer. */
export function sessionOn(client: Client, controller: Controller): Session {
  const within = <T>(work: Promise<T>, what: string) => withDeadline(work, limits.operationMs + limits.graceMs, what);
  const optionsOf = ({ scope, attributes, filter, paged, pageSize = 500 }: Search): SearchOptions => {
    const options: SearchOptions = { scope, attributes, explicitBufferAttributes: binary, timeLimit: limits.operationMs / 1000 };
    if (filter !== undefined) options.filter = filter;
    // Windows answers at most 1000 entries without paging.
    if (paged) options.paged = { pageSize };
    return options;
  };
  return {
    controller,
    async search(base, search) {
      const { searchEntries } = await within(client.search(base, optionsOf(search), search.controls), 'a search');
      return searchEntries.map(entryReader);
    },
    async searchAll(base, search) {
      const pages = client.searchPaginated(base, optionsOf({ ...search, paged: true }), search.controls);
      const entries: EntryReader[] = [];
      for (;;) {
        const page = await within(pages.next(), 'a page of a search');
        if (page.done) return entries;
        entries.push(...page.value.searchEntries.map(entryReader));
      }
    },
    modify: (target, changes, controls) => within(client.modify(target, changes, controls), 'a modify'),
  };
}
