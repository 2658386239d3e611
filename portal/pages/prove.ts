import { AT_ITS_LOGIN_SCREEN, howToVouch, noneInWords, PROOF_WORDS, TYPED } from '#domain/asked-words.ts';
import { type Next, type OfferedProof, OFFERED_PROOFS } from '#domain/next.ts';
import { cancelForm, fieldErrors, form, type FormTicket, submitButton, textField } from '../form.ts';
import { html, type Html } from '../html.ts';
import { layout } from '../layout.ts';
import type { ProblemLine } from '#domain/form-problems.ts';
import type { PortalSite } from '../site.ts';

/** Where what belongs to a proof is typed. */
const FIELDS: Record<OfferedProof, NonNullable<ProblemLine['field']>> = {
  'recovery-code': 'code',
  'issued-code': 'code',
  vouching: 'colleague',
  'known-password': 'knownPassword',
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
  const kinds = OFFERED_PROOFS.filter((kind) => page.next.choices?.includes(kind) ?? true);
  const isFirst = kinds.length === OFFERED_PROOFS.length;
  const takesCode = kinds.some((kind) => kind.endsWith('-code'));
  return layout(site, {
    title: 'Show that it is you',
    caption: isFirst ? 'Step 2 of 4' : 'Step 3 of 4',
    problems: page.problems,
    reference: page.reference,
    main: html` <p class="lead">${page.next.message}</p>
      ${page.next.choices?.includes('known-device') && html`<p class="panel">${AT_ITS_LOGIN_SCREEN}</p>`}
      ${
        kinds.length > 0 &&
        form(
          page.submit,
          html` ${choice(kinds, page)}
          ${takesCode && html`<div class="for-code">${textField({ name: 'code', ...TYPED.code, autocomplete: 'off', autocapitalize: 'characters', look: 'code' }, page.problems)}</div>`}
          ${kinds.includes('vouching') && vouching(page)} ${kinds.includes('known-password') && knownPassword(page)}
          ${submitButton('Continue')}`,
        )
      }
      ${
        isFirst &&
        html`<p>
          Next we ask for a code from your authenticator app or your token. Please go on within ten minutes; after that this reset ends and
          you can start again.
        </p>`
      }
      <details>
        <summary>${isFirst ? 'I have none of these' : 'I do not have this'}</summary>
        <p>${noneInWords(isFirst)}</p>
      </details>
      ${cancelForm(page.cancel)}`,
  });
}

/** What was not accepted stands beside what was typed for it. */
function atWhatWasChosen({ problems, chosen }: ProvePage): ProblemLine[] {
  const field = OFFERED_PROOFS.flatMap((kind) => (kind === chosen ? [FIELDS[kind]] : []))[0] ?? 'code';
  return problems.map((line) => (line.field === 'code' ? { ...line, field } : line));
}

/** The request code stands on everybody's page, whether or not anybody could vouch for them. */
function vouching({ requestCode, problems }: ProvePage): Html {
  const [before, after] = howToVouch('this site').split('My factors');
  return html`<div class="for-vouching">
    <p class="panel">${before}<strong>My factors</strong>${after} <strong class="request-code">${requestCode}</strong></p>
    ${textField({ name: 'colleague', ...TYPED.colleague, autocomplete: 'off' }, problems)}
  </div>`;
}

function knownPassword({ problems }: ProvePage): Html {
  return html`<div class="for-known-password">
    ${textField({ name: 'knownPassword', ...TYPED.knownPassword, type: 'password', autocomplete: 'off' }, problems)}
  </div>`;
}

function choice(kinds: readonly OfferedProof[], page: ProvePage): Html {
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
        <label for="${id}">${PROOF_WORDS[kind].label}</label>
        <p class="hint" id="${id}-hint">${PROOF_WORDS[kind].hint}</p>
      </div>`;
    })}
  </fieldset>`;
}
