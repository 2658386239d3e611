import type { Next } from '#domain/next.ts';
import { cancelForm, form, type FormTicket, submitButton, textField } from '../form.ts';
import { html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '../problems.ts';
import type { PortalSite } from '../site.ts';

interface FactorPage {
  reference: string;
  next: Next;
  submit: FormTicket;
  cancel: FormTicket;
  problems: readonly ProblemLine[];
}

/** Asks for the code of whatever makes one: nobody is asked which of them they hold. */
export function factorPage(site: PortalSite, page: FactorPage): string {
  return layout(site, {
    title: 'Confirm with your authenticator app or token',
    caption: 'Step 3 of 4',
    problems: page.problems,
    reference: page.reference,
    main: html` <p class="lead">${page.next.message}</p>
      ${form(
        page.submit,
        html` ${textField({ name: 'digits', label: 'Digits from your app or token', hint: 'Six to eight digits. An app changes them every half minute: if they are about to change, wait for the next ones.', autocomplete: 'one-time-code', inputmode: 'numeric', look: 'digits' }, page.problems)}
        ${submitButton('Continue')}`,
      )}
      <p>
        Next you choose your new password. Some accounts that are locked can be unlocked instead; for some, other people have to approve
        first.
      </p>
      <details>
        <summary>I do not have my app or token</summary>
        <p>
          Go to the help desk with an identity document. Without one of them nobody can set your password here, which also protects you from
          others.
        </p>
      </details>
      ${cancelForm(page.cancel)}`,
  });
}
