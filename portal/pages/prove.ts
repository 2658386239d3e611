import type { Next, ProofMethod } from '#domain/next.ts';
import { cancelForm, fieldErrors, form, type FormTicket, submitButton, textField } from '../form.ts';
import { html, type Html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '../problems.ts';
import type { PortalSite } from '../site.ts';

/** `field`: where what belongs to it is typed. */
const KINDS: Record<ProofMethod, { label: string; hint: string; field: NonNullable<ProblemLine['field']> }> = {
  'recovery-code': {
    label: 'A printed recovery code',
    hint: 'From the sheet that you were given for your account. Each code works once.',
    field: 'code',
  },
  'issued-code': { label: 'A code from the help desk', hint: 'Given to you in person, after they had checked who you are.', field: 'code' },
  vouching: {
    label: 'A colleague who vouches for me',
    hint: 'Somebody who may do that for you, such as your manager, stands beside you and has vouched at their own computer.',
    field: 'colleague',
  },
  'known-password': {
    label: 'The password that I still know',
    hint: 'The one of your account, also when it has expired or you are told to change it. While your account is locked, it shows nothing.',
    field: 'knownPassword',
  },
};

interface ProvePage {
  reference: string;
  next: Next;
  requestCode: string;
  submit: FormTicket;
  cancel: FormTicket;
  problems: readonly ProblemLine[];
  chosen: string | undefined;
}

/** The same choices for everybody: which of them an account really has is nobody's business yet. Behind a factor only what is asked for besides. */
export function provePage(site: PortalSite, asked: ProvePage): string {
  const page = { ...asked, problems: atWhatWasChosen(asked) };
  const kinds = (Object.keys(KINDS) as ProofMethod[]).filter((kind) => page.next.choices?.includes(kind) ?? true); // the keys of KINDS are exactly ProofMethod
  const isFirst = kinds.length === Object.keys(KINDS).length;
  const takesCode = kinds.some((kind) => kind.endsWith('-code'));
  return layout(site, {
    title: 'Show that it is you',
    caption: isFirst ? 'Step 2 of 4' : 'Step 3 of 4',
    problems: page.problems,
    reference: page.reference,
    main: html` <p class="lead">${page.next.message}</p>
      ${form(
        page.submit,
        html` ${choice(kinds, page)}
        ${takesCode && html`<div class="for-code">${textField({ name: 'code', label: 'Your code', hint: 'Letters and digits in groups of four. Capital or small letters, with or without the dashes.', autocomplete: 'off', autocapitalize: 'characters', look: 'code' }, page.problems)}</div>`}
        ${kinds.includes('vouching') && vouching(page)} ${kinds.includes('known-password') && knownPassword(page)}
        ${submitButton('Continue')}`,
      )}
      ${
        isFirst &&
        html`<p>
          Next we ask for a code from your authenticator app or your token. Please go on within ten minutes; after that this reset ends and
          you can start again.
        </p>`
      }
      <details>
        <summary>${isFirst ? 'I have none of these' : 'I do not have this'}</summary>
        <p>
          Go to the help desk with an identity document. They check who you are and
          ${isFirst ? 'give you a code on the spot' : 'help you on'}. They cannot give a code by telephone.
        </p>
      </details>
      ${cancelForm(page.cancel)}`,
  });
}

/** What was not accepted stands beside what was typed for it. */
function atWhatWasChosen({ problems, chosen }: ProvePage): ProblemLine[] {
  const field = (Object.keys(KINDS) as ProofMethod[]).flatMap((kind) => (kind === chosen ? [KINDS[kind].field] : []))[0] ?? 'code'; // as above
  return problems.map((line) => (line.field === 'code' ? { ...line, field } : line));
}

/** The request code stands on everybody's page, whether or not anybody could vouch for them. */
function vouching({ requestCode, problems }: ProvePage): Html {
  const hint = 'The name that your colleague signs in with. Type it here after they have vouched.';
  return html`<div class="for-vouching">
    <p class="panel">
      Your colleague opens this site on their own computer, signs in under <strong>My factors</strong> and chooses “Vouch for a colleague”.
      There they type your account name and this request code: <strong class="request-code">${requestCode}</strong>
    </p>
    ${textField({ name: 'colleague', label: 'Account name of your colleague', hint, autocomplete: 'off' }, problems)}
  </div>`;
}

function knownPassword({ problems }: ProvePage): Html {
  const hint = 'Type it once and carefully: only a few wrong ones are tried, so that your account is not locked.';
  return html`<div class="for-known-password">
    ${textField({ name: 'knownPassword', label: 'Your present password', hint, type: 'password', autocomplete: 'off' }, problems)}
  </div>`;
}

function choice(kinds: readonly ProofMethod[], page: ProvePage): Html {
  const wrong = page.problems.filter(({ field }) => field === 'proof');
  return html`<fieldset class="field${wrong.length > 0 && ' field-wrong'}" ${wrong.length > 0 && html` aria-describedby="proof-error"`}>
    <legend>How do you show it?</legend>
    ${wrong.length > 0 && fieldErrors('proof', wrong)}
    ${kinds.map((kind, i) => {
      const id = i === 0 ? 'proof' : `proof-${i + 1}`;
      return html`<div class="radio">
        <input
          type="radio"
          id="${id}"
          name="proof"
          value="${kind}"
          aria-describedby="${id}-hint"
          ${page.chosen === kind && html` checked`}
        />
        <label for="${id}">${KINDS[kind].label}</label>
        <p class="hint" id="${id}-hint">${KINDS[kind].hint}</p>
      </div>`;
    })}
  </fieldset>`;
}
