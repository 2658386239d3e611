/**
 * The interface pages by cursor, react-admin by number. This remembers which cursor opened which page of which list, and
 * walks forward from the last page it knows when an address names one further on.
 */
export function cursorBook<Answer extends { nextCursor?: string | null | undefined }>() {
  const known = new Map<string, (string | undefined)[]>();

  return {
    async page(list: string, page: number, read: (cursor: string | undefined) => Promise<Answer>): Promise<Answer> {
      const cursors = known.get(list) ?? [undefined];
      known.set(list, cursors);
      let at = Math.min(page, cursors.length);
      for (;;) {
        const answer = await read(cursors[at - 1]);
        // What followed may have moved with this answer, so only the next cursor is believed.
        cursors.length = at;
        if (answer.nextCursor) cursors[at] = answer.nextCursor;
        if (at >= page || !answer.nextCursor) return answer;
        at += 1;
      }
    },
    forget(): void {
      known.clear();
    },
  };
}
