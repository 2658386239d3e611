import { factorChangeTitle } from '#domain/factor-change-words.ts';
import { isFactorChange } from '#domain/message.ts';
import { momentInWords } from '#domain/moment-in-words.ts';

/** For a change that a later portal knows and this agent does not. */
const ANY = 'Something that you sign in with was changed';

/**
 * What a person is told of a change of their factors: words of this catalogue, the moment, and the address of the device's own settings. Nothing in it
 * came from elsewhere as text, so nothing in it can speak to a terminal.
 */
export function wordsOf({ change, changedAt }: { change: string; changedAt: string }, myFactors: string | undefined): string {
  const what = isFactorChange(change) ? factorChangeTitle(change) : ANY;
  const where =
    myFactors === undefined ? 'open the portal as you always do, sign in to My factors' : `sign in to My factors at ${myFactors}`;
  return printable(
    [
      `Countersign, ${momentInWords.format(new Date(changedAt))}`,
      `${what}.`,
      'If it was you, there is nothing to do.',
      `If it was not you, stop it now: ${where} with your password, and say so.`,
      'Or call the help desk.',
    ].join('\n'),
  );
}

/** Letters, digits and signs of ASCII, and the ends of lines: what every terminal shows and none obeys, however it counts its characters. */
export function printable(text: string): string {
  return text
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/\s(?<!\n)/g, ' ')
    .replaceAll(/[^\n\x20-\x7e]/g, '?');
}
