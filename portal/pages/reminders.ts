import { html, type Html } from '../html.ts';
import { moment } from '../when.ts';

/** For somebody who has signed in with the password and has nothing more: a letter was made for them. */
export function letterPanel(until: Date): Html {
  return html`<section class="panel" aria-labelledby="letter">
    <h2 id="letter">A letter was made for you</h2>
    <p>
      It holds a code with which you <a href="/factors/first">set up your first app</a>, and it works until ${moment(until.toISOString())}.
      You did not get it? Ask the help desk for another one.
    </p>
  </section>`;
}

/** For somebody whom the loss of one thing would shut out. */
export function oneWayPanel(): Html {
  return html`<section class="panel" aria-labelledby="one-way">
    <h2 id="one-way">You have one thing only to confirm with</h2>
    <p>
      If it is lost, you cannot set a new password by yourself. Add a second one now: <a href="/factors/app">another app</a>, such as on a
      second phone, or <a href="/factors/key">a security key</a>.
    </p>
  </section>`;
}
