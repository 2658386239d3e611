import { form, type FormTicket, submitButton, textField } from '../form.ts';
import { html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';
import { digitsField } from './factor-app.ts';

interface Page {
  submit: FormTicket;
  problems: readonly ProblemLine[];
  whom: string | undefined;
}

/** Somebody says that the person beside them is who they say. */
export function vouchPage(site: PortalSite, { submit, problems, whom }: Page): string {
  const codeHint = 'Six letters and digits. Read it from their screen yourself.';
  return layout(site, {
    title: 'Vouch for a colleague',
    caption: 'My factors',
    problems,
    main: html` <p class="lead">You say that the person beside you is who they say. With your word they may get a new password.</p>
      <ul>
        <li>Do it only when you know the person and see them in front of you. A telephone call, a chat or a message is not enough.</li>
        <li>Your name is kept with their reset for good. You then cannot approve that same reset.</li>
        <li>Did somebody ask you to do this who is not there? Do not go on, and tell ${site.helpDesk} now.</li>
      </ul>
      ${form(
        submit,
        html` ${textField({ name: 'whom', label: 'Account name of the person beside you', autocomplete: 'off', value: whom }, problems)}
        ${textField({ name: 'requestCode', label: 'Request code on their screen', hint: codeHint, autocomplete: 'off', autocapitalize: 'characters', look: 'code' }, problems)}
        ${digitsField(problems)} ${submitButton('I see this person and vouch for them')}`,
      )}
      <p><a href="/factors">Go back and vouch for nobody</a></p>`,
  });
}
