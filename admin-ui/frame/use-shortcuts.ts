import { useEffect } from 'react';
import { useStore } from 'react-admin';
import { PREFERENCES } from './preferences.ts';

/** Whether single keys act (WCAG 2.1.4), kept for this browser: only if wished, since they get in the way of who listens to pages or speaks to them. */
export const useShortcuts = () => useStore<boolean>(PREFERENCES.shortcuts, false);

/** Where a key is part of what is being typed or chosen. */
const TYPED_INTO = 'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=menu], [role=dialog]';

/** What each single key does while `enabled`. An action that answers false leaves the key to the browser. */
export function useKeys(enabled: boolean, actions: Readonly<Record<string, () => boolean | void>>): void {
  useEffect(() => {
    if (!enabled) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target instanceof HTMLElement && event.target.closest(TYPED_INTO)) return;
      const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
      if (action && action() !== false) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}
