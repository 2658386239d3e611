import { useRef } from 'react';
import { useKeys } from '../frame/use-shortcuts.ts';

/**
 * j and k, and the arrows once a row has the focus, move it over the links marked data-row inside the returned element; x
 * chooses the row for deciding one after another; Enter opens the link as links do.
 */
export function useListKeys(enabled: boolean) {
  const list = useRef<HTMLDivElement>(null);
  const rows = () => [...(list.current?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])];
  const at = () => rows().indexOf(document.activeElement as HTMLElement);
  const move = (by: 1 | -1) => {
    const links = rows();
    links[Math.min(links.length - 1, Math.max(0, at() + by))]?.focus();
  };
  // A page scrolls by arrows until somebody is among the rows.
  const among = (by: 1 | -1) => (at() < 0 ? false : move(by));
  const choose = () => {
    if (at() < 0) return false;
    rows()[at()]?.closest('tr')?.querySelector<HTMLElement>('input[type=checkbox]')?.click();
    return true;
  };
  useKeys(enabled, { j: () => move(1), k: () => move(-1), ArrowDown: () => among(1), ArrowUp: () => among(-1), x: choose });
  return list;
}
