import { TYPED } from '#domain/asked-words.ts';
import { form, type FormTicket, submitButton, textField } from '../form.ts';
import { html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';

/** The first page asks for the account name and says what will be needed. */
export function startPage(site: PortalSite, ticket: FormTicket, problems: readonly ProblemLine[] = [], account?: string): string {
  return layout(site, {
    title: 'Set a new password',
    caption: 'Step 1 of 4',
    problems,
    main: html` <p class="lead">
        Forgotten your password, or locked out of your account? Set a new password here. It takes about two minutes.
      </p>
      ${form(
        ticket,
        html` ${textField({ name: 'account', ...TYPED.account, autocomplete: 'username', value: account }, problems)}
        ${submitButton('Continue')}`,
      )}
      <h2>Have these at hand</h2>
      <ul>
        <li>One of your printed recovery codes, or a code that the help desk gave you in person.</li>
        <li>Your authenticator app.</li>
      </ul>
      <p>
        Some accounts with special rights also need the approval of one or two people. Then it takes as long as they need; you do not have
        to wait in front of this page.
      </p>
      <h2>Been here before?</h2>
      <p>
        <a href="/factors">My factors</a>: see, add and replace your authenticator apps, and make new recovery codes, while you know your
        password.
      </p>
      <p><a href="/reset/resume">Come back to a reset that you started</a> with its reference and a code from your authenticator app.</p>`,
  });
}
