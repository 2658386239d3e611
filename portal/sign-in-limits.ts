import { LIMITS_TITLE } from '#domain/asked-words.ts';
import { html, type Html } from './html.ts';

/** What limits the sign-in of whose page it is, besides the password; nothing for most people. */
export function signInLimits(limits: readonly string[]): Html | false {
  return (
    limits.length > 0 &&
    html`<div class="rules" id="sign-in-limits">
      <h2>${LIMITS_TITLE}</h2>
      <ul>
        ${limits.map((limit) => html`<li>${limit}</li>`)}
      </ul>
    </div>`
  );
}
