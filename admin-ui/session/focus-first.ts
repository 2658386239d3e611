import { useEffect, useRef } from 'react';

/**
 * Puts the focus into the first field of a step that took the place of another one, so that a keyboard goes on where it
 * was. (The autofocus attribute would do so at the first load as well, where nobody asked for it.)
 */
export function useFocusFirst<Field extends HTMLElement>() {
  const field = useRef<Field>(null);
  useEffect(() => field.current?.focus(), []);
  return field;
}
