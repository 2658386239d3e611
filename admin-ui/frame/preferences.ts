import { localStorageStore, type Store } from 'react-admin';

/** What belongs to the person and this browser, not to a session: none of it says whom they looked at. */
export const PREFERENCES = { theme: 'theme', zone: 'time.zone', shortcuts: 'inbox.shortcuts' } as const;

/** react-admin empties its store at sign-out. The preferences stay, all else goes. */
export function preferenceStore(): Store {
  const store = localStorageStore('1', 'Countersign');
  return {
    ...store,
    reset: () => {
      const kept = Object.values(PREFERENCES).map((key) => [key, store.getItem<string | boolean>(key)] as const);
      store.reset();
      for (const [key, value] of kept) if (value !== undefined) store.setItem(key, value);
    },
  };
}
