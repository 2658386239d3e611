import type { KeyChallenge } from '#api/own-keys.ts';
import { form, type FormTicket } from './form.ts';
import { html, type Html } from './html.ts';

/** What the script asks of a key: to sign a challenge, or to be made. */
export type AskedOfKey = { get: Omit<KeyChallenge, 'ceremony'> } | { create: object };

/**
 * Within a form that digits confirm: a second button, by which a key confirms instead. Hidden until the script has seen that it can ask one. It stands behind the
 * first button, which Enter presses.
 */
export function keyInstead({ ceremony, ...asked }: KeyChallenge): Html {
  return html`<div class="with-key" data-key="${JSON.stringify({ get: asked } satisfies AskedOfKey)}" hidden>
    <input type="hidden" name="ceremony" value="${ceremony}" /><input type="hidden" name="answer" value="" />
    <p class="field-error key-said" role="alert"></p>
    <button type="submit" class="button button-quiet">Use a security key instead</button>
  </div>`;
}

/**
 * A form that a key fills: no browser asks a key without script, so it stays hidden until the script has seen that it can.
 * `content` stands before the button.
 */
export function keyForm(
  ticket: FormTicket,
  { ceremony, asked, button, content }: { ceremony: string; asked: AskedOfKey; button: string; content?: Html },
): Html {
  return html`<div class="with-key" data-key="${JSON.stringify(asked)}" hidden>
      ${form(
        ticket,
        html`<input type="hidden" name="ceremony" value="${ceremony}" /><input type="hidden" name="answer" value="" />${content}
          <p class="field-error key-said" role="alert"></p>
          <button type="submit" class="button button-quiet">${button}</button>`,
      )}
    </div>
    <noscript><p>This browser runs no scripts here, and without one no page can ask a security key.</p></noscript>`;
}
