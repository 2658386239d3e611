import { html, type Html } from './html.ts';

const inWords = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});

/** A moment in words, in the server's time zone, named; the script turns it into the reader's own. */
export function moment(iso: string): Html {
  return html`<time datetime="${iso}">${inWords.format(new Date(iso))}</time>`;
}
