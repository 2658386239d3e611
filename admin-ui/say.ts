import { useTranslate } from 'react-admin';
import type { words } from './words.ts';

type Leaves<Tree> = { [Key in keyof Tree & string]: Tree[Key] extends string ? Key : `${Key}.${Leaves<Tree[Key]>}` }[keyof Tree & string];

/** A key of words.ts, without the product's prefix. */
export type Word = Leaves<(typeof words)['cs']>;

/** Answers the function that turns a key into its sentence; a key that does not exist does not compile. */
export function useSay(): (word: Word, values?: Record<string, string | number>) => string {
  const translate = useTranslate();
  return (word, values) => translate(`cs.${word}`, values);
}
