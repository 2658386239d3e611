import { momentInWords } from '#domain/moment-in-words.ts';
import { html, type Html } from './html.ts';

/** A moment in words, in the server's time zone, named; the script turns it into the reader's own. */
export function moment(iso: string): Html {
  return html`<time datetime="${iso}">${momentInWords.format(new Date(iso))}</time>`;
}
