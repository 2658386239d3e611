/** Text that is already HTML. Only `html` makes one, so a plain string can never reach a page unescaped. */
export interface Html {
  readonly markup: string;
}

type Interpolated = Html | string | number | false | null | undefined | readonly Interpolated[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes for text and for quoted attribute values, the only two places where a template may interpolate. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A template whose interpolations are escaped, unless they are `Html`. Lists are joined; false, null and undefined vanish. */
export function html(literals: TemplateStringsArray, ...values: readonly Interpolated[]): Html {
  return { markup: literals.reduce((whole, literal, i) => whole + render(values[i - 1]) + literal) };
}

function render(value: Interpolated): string {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'object' && 'markup' in value) return value.markup;
  if (typeof value === 'object') return value.map(render).join('');
  return escapeHtml(String(value));
}
