import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, type Html } from '#portal/html.ts';

/** What the one page of the card listener says. `back`: the address of the reset at the portal. */
export type CardPage =
  | { state: 'nothing'; portal: string }
  | { state: 'off' | 'too-large'; back: string }
  | { state: 'none'; back: string; again: string }
  | { state: 'shown'; back: string; action: string; ticket: string; name: string | undefined };

// Within the page: every further request would ask the card once more.
const style = ['page.css', 'forms.css', 'notices.css']
  .map((name) => readFileSync(new URL(`../portal/assets/${name}`, import.meta.url), 'utf8'))
  .join('\n');

const STYLE: Html = { markup: `<style>${style}</style>` };

/** The source of the content policy that allows just this style. */
export const CARD_PAGE_STYLE = `sha256-${createHash('sha256').update(style).digest('base64')}`;

export function cardPage(page: CardPage): string {
  const { title, main } = says(page);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title} – Password reset</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        ${STYLE}
      </head>
      <body>
        <header class="masthead">
          <div class="frame">
            <span class="brand"><span class="mark" aria-hidden="true"></span>Countersign</span>
            <span class="service">Password reset</span>
          </div>
        </header>
        <div class="frame">
          <main id="main">
            <h1>${title}</h1>
            ${main}
          </main>
        </div>
      </body>
    </html> `.markup;
}

function says(page: CardPage): { title: string; main: Html } {
  if (page.state === 'shown')
    return {
      title: 'Your smart card was read',
      main: html`${page.name !== undefined && html`<p class="lead">The card says: <strong>${page.name}</strong></p>`}
        <p>Go on to your reset now: what your card showed counts once, and for two minutes.</p>
        <form method="post" action="${page.action}">
          <input type="hidden" name="nonce" value="${randomBytes(16).toString('base64url')}" />
          <input type="hidden" name="ticket" value="${page.ticket}" />
          <button type="submit" class="button">Continue</button>
        </form>
        <p><a href="${page.back}">Go back without it</a></p>`,
    };
  if (page.state === 'none')
    return {
      title: 'No smart card was shown',
      main: html`<p class="lead">
          Put your card into the reader and try again. When the browser asks, choose the certificate for signing in, and type the PIN of
          your card.
        </p>
        <p>
          If it asked for your PIN and you still see this page, it found no certificate on your card that counts here: your card may have
          run out, or come from another issuer. Ask whoever issues your cards.
        </p>
        <p>If the browser does not ask any more, close all of its windows, open it again and come back to your reset with its reference.</p>
        <p><a class="button" href="${page.again}">Try again</a></p>
        <p><a href="${page.back}">Go back and confirm in another way</a></p>`,
    };
  if (page.state === 'nothing')
    return {
      title: 'There is nothing here',
      main: html`<p class="lead">A smart card is shown in the middle of a reset. Start at the first page.</p>
        <p><a class="button" href="${page.portal}/">Go to the first page</a></p>`,
    };
  return {
    title: page.state === 'off' ? 'Smart cards are not taken just now' : 'This certificate cannot be read',
    main: html`<p class="lead">
        ${page.state === 'off' ? 'This site takes no smart cards just now.' : 'The certificate is larger than any that is taken here. If your card holds several, choose the one for signing in.'}
      </p>
      <p><a class="button" href="${page.back}">Go back and confirm in another way</a></p>`,
  };
}
