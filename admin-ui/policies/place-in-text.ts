import { isMap, isPair, isScalar, isSeq, parseDocument, visit, type Node, type Pair } from 'yaml';

/** Settings by their names and entries of lists by their numbers, from the top of the document. */
export type PlaceInText = (string | number)[];

/** Which setting the cursor stands in, by the name that it stands on or the value that it stands within; [] at the top. */
export function placeAt(text: string, offset: number): PlaceInText {
  let best: PlaceInText = [];
  visit(parseDocument(text), {
    Pair: (_, pair, path) => {
      if (within(pair, offset)) {
        const place = [...placeOf(path), nameOf(pair)];
        if (place.length > best.length) best = place;
      }
    },
  });
  return best;
}

const MARK = 'a name that nobody writes';

/**
 * Where a setting would stand whose name is being written between these offsets: the document is read as if the name were
 * there already. Undefined where no name can stand, such as inside of a text.
 */
export function placeOfName(text: string, from: number, to: number): { under: PlaceInText; beside: string[] } | undefined {
  // In a flow map, { like: this }, a name alone is a pair; in a block it needs its colon.
  for (const name of [`${MARK}: `, MARK, `${MARK}: x`]) {
    let found: { under: PlaceInText; beside: string[] } | undefined;
    visit(parseDocument(text.slice(0, from) + name + text.slice(to)), {
      Pair: (_, pair, path) => {
        if (nameOf(pair) !== MARK) return undefined;
        const map = path.at(-1);
        found = { under: placeOf(path), beside: isMap(map) ? map.items.map(nameOf).filter((one) => one !== MARK) : [] };
        return visit.BREAK;
      },
    });
    if (found) return found;
  }
  return undefined;
}

function within({ key, value }: Pair, offset: number): boolean {
  const [from] = rangeOf(key);
  const to = Math.max(rangeOf(key)[1], rangeOf(value)[1]);
  return from <= offset && offset <= to;
}

/** From the first character to after the last, blanks behind it left out. */
function rangeOf(node: unknown): [number, number] {
  const range = (node as Node | null)?.range; // every node that was read from a text has one
  if (!range) return [-1, -1];
  return [range[0], range[1]];
}

function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

function placeOf(path: readonly unknown[]): PlaceInText {
  return path.flatMap((step, at): PlaceInText => {
    if (isPair(step)) return [nameOf(step)];
    const above = path[at - 1];
    return isSeq(above) ? [above.items.indexOf(step)] : [];
  });
}
