import { useSyncExternalStore } from 'react';

/**
 * Whether somebody is at the page. Each request keeps the session alive, so a page that nobody looks at must stop asking
 * by itself: otherwise the server's idle limit would never end a session in a browser that was left open.
 */
const PRESENT_MS = 5 * 60_000;
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

let present = true;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function tell(now: boolean): void {
  if (present === now) return;
  present = now;
  for (const listener of listeners) listener();
}

function noticed(): void {
  clearTimeout(timer);
  timer = setTimeout(() => tell(false), PRESENT_MS);
  tell(true);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    for (const sign of SIGNS) document.addEventListener(sign, noticed, { passive: true });
    noticed();
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearTimeout(timer);
    for (const sign of SIGNS) document.removeEventListener(sign, noticed);
  };
}

/** True while somebody has touched the page within the last five minutes. */
export const usePresence = (): boolean => useSyncExternalStore(subscribe, () => present);
