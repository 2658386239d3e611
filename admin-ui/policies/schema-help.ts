import type { PlaceInText } from './place-in-text.ts';

/** As much of a JSON Schema (draft 2020-12) as a policy's has. */
export interface Schema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
}

/** What may stand at a place, one schema for each way to write it; [] where the schema knows nothing. */
export function schemasAt(schema: Schema, place: PlaceInText): Schema[] {
  let ways = waysOf(schema);
  for (const step of place) ways = ways.flatMap((way) => below(way, step)).flatMap(waysOf);
  return ways;
}

function waysOf(schema: Schema): Schema[] {
  if (!schema.anyOf) return [schema];
  const { description } = schema;
  return schema.anyOf
    .flatMap(waysOf)
    .map((way) => (description === undefined ? way : { ...way, description: way.description ?? description }));
}

function below({ properties, additionalProperties, items }: Schema, step: string | number): Schema[] {
  if (typeof step === 'number') return items ? [items] : [];
  const named = properties?.[step];
  if (named) return [named];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}

export interface Setting {
  name: string;
  description: string | undefined;
  needed: boolean;
  /** Which words it may be, when it is one of a few. */
  values: string[];
}

/** The settings that may be written at a place, in the order of the schema. */
export function settingsAt(schema: Schema, place: PlaceInText): Setting[] {
  const settings = new Map<string, Setting>();
  for (const way of schemasAt(schema, place))
    for (const [name, of] of Object.entries(way.properties ?? {}))
      if (!settings.has(name))
        settings.set(name, {
          name,
          description: of.description,
          needed: (way.required ?? []).includes(name) && of.default === undefined,
          values: valuesOf(of),
        });
  return [...settings.values()];
}

/** The words that may stand at a place, or in the list there. */
export function valuesAt(schema: Schema, place: PlaceInText): string[] {
  return [...new Set(schemasAt(schema, place).flatMap(valuesOf))];
}

function valuesOf(schema: Schema): string[] {
  const own = waysOf(schema).flatMap(
    ({ enum: words, const: only, type }) => words ?? (only === undefined ? (type === 'boolean' ? [true, false] : []) : [only]),
  );
  return (own.length > 0 || !schema.items ? own : valuesOf(schema.items)).map(String);
}

/** What the innermost setting of a place means, and what may stand in it; undefined where there is nothing to say. */
export function explained(
  schema: Schema,
  place: PlaceInText,
): { name: string; description: string | undefined; settings: Setting[]; values: string[] } | undefined {
  const depth = place.findLastIndex((step) => typeof step === 'string');
  if (depth < 0) return undefined;
  const at = place.slice(0, depth + 1);
  const ways = schemasAt(schema, at);
  if (ways.length === 0) return undefined;
  const within = ways.flatMap((way) => (way.items ? waysOf(way.items) : [way]));
  const settings = within.flatMap((way) => settingsAt(way, []));
  return {
    name: String(place[depth]),
    description: ways.find(({ description }) => description !== undefined)?.description,
    settings: settings.filter(({ name }, index) => settings.findIndex((one) => one.name === name) === index),
    values: valuesAt(schema, at),
  };
}
