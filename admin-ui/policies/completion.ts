import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { placeAt, placeOfName } from './place-in-text.ts';
import { settingsAt, valuesAt, type Schema } from './schema-help.ts';

/** Offers the settings that may stand where a name is being written, and the words that may stand where a value is. */
export function completionBy(schema: Schema) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w-]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const text = context.state.doc.toString();
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, word.from - line.from);
    const name = /(^\s*(- )*|[{,]\s*)$/.test(before) ? placeOfName(text, word.from, word.to) : undefined;
    const options = [
      ...settingsAt(schema, name?.under ?? ['no such place'])
        .filter((one) => !name?.beside.includes(one.name))
        .map(({ name: label, description, needed }) => ({
          label,
          apply: `${label}: `,
          ...(needed ? { detail: 'needed', boost: 1 } : {}),
          ...(description ? { info: description } : {}),
        })),
      ...(/[[:,-]\s*$/.test(before) ? valuesAt(schema, placeAt(text, word.from)) : []).map((label) => ({ label })),
    ];
    return options.length > 0 ? { from: word.from, options, validFor: /^[\w-]*$/ } : null;
  };
}
