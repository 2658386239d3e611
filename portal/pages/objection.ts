import type { OpenReplacement } from '#api/open-replacement.ts';
import { form, type FormTicket, submitButton } from '../form.ts';
import { html, type Html } from '../html.ts';
import { moment } from '../when.ts';

/** Said to whoever has signed in with the password: somebody wants to replace all that they have, and it can be stopped here. */
export function objectionPanel({ askedAt, from }: OpenReplacement, object: FormTicket): Html {
  return html`<section class="panel" aria-labelledby="asked">
    <h2 id="asked">Somebody asked to replace everything that makes codes for you</h2>
    <p>
      It was asked for ${moment(askedAt.toISOString())}, at the portal, with a code for your account.
      ${
        from === undefined
          ? 'People have to approve it first, and then there is a wait.'
          : from.getTime() <= Date.now()
            ? 'It is approved, and the wait is over: new factors can be set up at any moment. Then all that you have now ends.'
            : html`It is approved. New factors can be set up from ${moment(from.toISOString())} on; then all that you have now ends.`
      }
    </p>
    <p><strong>Was it not you?</strong> Stop it here. It ends at once and for good, and the security officers are called.</p>
    ${form(object, submitButton('It was not me: stop it now'))}
  </section>`;
}

export const OBJECTED = 'It is stopped for good, and the security officers are called. What you have still counts.';
