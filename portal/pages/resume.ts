import { TYPED } from '#domain/asked-words.ts';
import { form, type FormTicket, submitButton, textField } from '../form.ts';
import { html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';

interface ResumePage {
  submit: FormTicket;
  problems: readonly ProblemLine[];
  reference: string | undefined;
  /** Set when somebody opened a reset that this browser does not hold. */
  notHere: boolean;
}

/** Reference and a fresh code together bring a reset to this browser. */
export function resumePage(site: PortalSite, page: ResumePage): string {
  return layout(site, {
    title: 'Come back to a reset',
    problems: page.problems,
    main: html` <p class="lead">
        ${page.notHere ? 'This browser does not hold that reset. Bring it here with its reference and something that you hold.' : 'Enter the reference that you wrote down. Then show with something that you hold that it is you.'}
      </p>
      ${form(
        page.submit,
        html` ${textField({ name: 'reference', ...TYPED.reference, autocomplete: 'off', autocapitalize: 'characters', look: 'code', value: page.reference }, page.problems)}
          ${textField({ name: 'digits', ...TYPED.returning, autocomplete: 'one-time-code', autocapitalize: 'characters', look: 'code' }, page.problems)}
          ${submitButton('Come back to my reset')}
          <h2>Or with a security key or a smart card</h2>
          <p>If you showed one of those before, it takes one again: a code is not enough then.</p>
          <p><button type="submit" name="by" value="held" class="button button-quiet">Use a security key or a smart card</button></p>`,
      )}
      <p>Next you see how far your reset is: who is being waited for, that you can choose your new password, or how the reset ended.</p>
      <details>
        <summary>I have lost my reference</summary>
        <p><a href="/">Start a new reset</a>. When you have shown that it is you, the new one takes the place of the old one.</p>
      </details>`,
  });
}
