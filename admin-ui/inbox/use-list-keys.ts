import { useEffect, useRef } from 'react';

/**
 * j and k move the focus over the links marked data-row inside the returned element; Enter then opens the link as links
 * do. Single keys can be switched off (WCAG 2.1.4) and never act while something is being typed.
 */
export function useListKeys(enabled: boolean) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!enabled) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== 'j' && event.key !== 'k')) return;
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable], [role=menu]')) return;
      const links = [...(list.current?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])];
      const at = links.indexOf(document.activeElement as HTMLElement);
      const next = event.key === 'j' ? at + 1 : at - 1;
      links[Math.min(links.length - 1, Math.max(0, next))]?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [enabled]);
  return list;
}
